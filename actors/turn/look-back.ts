import { z } from "zod";
import type { ToolSpec } from "./tools.ts";

/** The name of the tool that searches the conversation. */
export const LOOK_BACK = "look_back";

/** Its input. */
export const lookBackInput = z.object({
  query: z
    .string()
    .trim()
    .max(200)
    .describe("Words to look for, any of them; empty shows what was said last.")
    .default(""),
  before: z.number().int().positive().describe("Only what was said before this number.").optional(),
  limit: z.number().int().min(1).max(50).default(10),
});

/** What is looked for. */
export type LookBack = z.output<typeof lookBackInput>;

/** Searches all that was ever said in the conversation, far beyond what a model is shown. */
export const lookBack: ToolSpec<unknown> = {
  about:
    "Search everything that was ever said in this conversation, also what is no longer shown to you. The newest finds come first, each with its number; ask again with `before` for older ones.",
  input: lookBackInput,
};
