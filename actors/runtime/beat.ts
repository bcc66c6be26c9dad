import { z } from "zod";

const sliceSchema = z.union([z.number().int(), z.string()]);

/**
 * What one process tells the others of its kind. Shape: `{ "process": "channel-4711-a1b2c3", "version": 3, "own": [[7,
 * 1042]] }`.
 */
export const beatSchema = z.object({
  process: z.string(),
  /** The host whose actors it serves, where each belongs to one. */
  host: z.string().optional(),
  /** Schema version of its kind. */
  version: z.number().int(),
  /** Partitions it serves, with the revisions of its claims. */
  own: z.array(z.tuple([sliceSchema, z.number().int()])).default([]),
  /** Partition it let go of, the revision that says so, and whether nothing was cut. */
  free: z.tuple([sliceSchema, z.number().int(), z.boolean()]).optional(),
  hello: z.boolean().optional(),
  leaving: z.boolean().optional(),
  bye: z.boolean().optional(),
});

/** A beat that was read. */
export type Beat = z.output<typeof beatSchema>;
