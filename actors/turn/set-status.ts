import { z } from "zod";
import type { ToolSpec } from "./tools.ts";

/** The name of the tool by which an agent says what it is about. */
export const STATUS_TOOL = "set_status";

/** Its input. */
export const statusInput = z.object({ text: z.string().trim().min(1).max(200) });

/** Says what the agent is about: people see it where they ask how things stand. */
export const setStatus: ToolSpec<unknown> = {
  about: "Say in a few words what you are doing, for people who ask how things stand. It answers nobody.",
  input: statusInput,
  settle: () => "Noted.",
};
