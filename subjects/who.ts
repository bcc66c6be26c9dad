import { z } from "zod";
import { STANDINGS } from "./policy.ts";

/**
 * Who speaks, as the bridge that let them in says it.
 * Shape: `{ "party": "terminal", "id": "ada", "name": "Ada" }`.
 */
export const whoSchema = z.object({
  party: z.enum(["telegram", "terminal", "http", "mcp", "agent", "system"]),
  id: z.string().min(1).max(200),
  name: z.string().min(1).max(200).optional(),
  /** What their bridge knows them to be, where the settings of roles do not name them. */
  role: z.enum(STANDINGS).optional(),
});

/** A person or party behind a message. */
export type Who = z.output<typeof whoSchema>;
