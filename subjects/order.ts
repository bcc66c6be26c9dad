import { z } from "zod";

/** The name of an environment: a token of the bus, for views are named by it. Shape: `main-w3fA9xQ-0`. */
export const envSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]|=[0-9A-F]{2})*$/);

/** Which environment, and the name of the order: the same name twice is the same order. Shape: `main.worker.w3fA9xQ-0:use-19-0`. */
const orderSchema = z.object({ env: envSchema, order: z.string().min(1).max(300) });

const path = z.string().min(1).max(4_096);

/** Most text that one order writes: it stands in an event twice, as the model wrote it and as it is ordered. Units: UTF-16 units. */
const MAX_WRITTEN = 100_000;

/** What an environment may use. Units: CPUs, MiB, processes, and minutes of its life. */
export const boundsSchema = z.object({
  cpus: z.number().positive(),
  memoryMb: z.number().int().positive(),
  pids: z.number().int().positive(),
  diskMb: z.number().int().positive(),
});

/** What an environment may use. */
export type Bounds = z.output<typeof boundsSchema>;

/** What is asked of an executor about one environment, by verb. */
export const ORDERS = {
  /** Have an environment there; one that is there already is given back, its workspace too. */
  up: orderSchema.extend({ image: z.string().max(300).optional(), bounds: boundsSchema }),
  /** Let it go, with all that runs in it; its workspace is kept for a while, unless it says otherwise. */
  down: orderSchema.extend({ keep: z.boolean().default(true) }),
  /** Run a program. Units: `timeoutMs`; the working directory is from the workspace. */
  exec: orderSchema.extend({
    argv: z.array(z.string().max(131_072)).min(1).max(1_000),
    cwd: path.optional(),
    timeoutMs: z.number().int().positive(),
  }),
  /** End a running program, and all that it began. `of` is the order that began it. */
  kill: orderSchema.extend({ of: z.string() }),
  /** Read or change files of the workspace. */
  file: orderSchema.extend({
    does: z.discriminatedUnion("type", [
      z.object({
        type: z.literal("read"),
        path,
        from: z.number().int().min(1).default(1),
        lines: z.number().int().min(1).default(2_000),
      }),
      z.object({ type: z.literal("write"), path, text: z.string().max(MAX_WRITTEN) }),
      z.object({
        type: z.literal("edit"),
        path,
        old: z.string().min(1),
        new: z.string(),
        all: z.boolean().default(false),
      }),
      z.object({ type: z.literal("list"), path, depth: z.number().int().min(1).max(5).default(2) }),
      z.object({ type: z.literal("search"), path, text: z.string().min(1).max(1_000) }),
    ]),
  }),
  /** Take a file of the workspace to the artifacts. */
  get: orderSchema.extend({ path }),
  /** Put an artifact into the workspace. */
  put: orderSchema.extend({ path, artifact: z.string().max(300) }),
  /** Have a port reachable from outside for so many minutes. */
  preview: orderSchema.extend({
    port: z.number().int().min(1).max(65_535),
    minutes: z.number().int().min(1).max(1_440),
  }),
  /** Let programs reach these hosts by name. Shape of a name: `packages.example`, `*.example.org`. */
  admit: orderSchema.extend({ hosts: z.array(z.string().min(1).max(253)).min(1).max(100) }),
} as const;

/** A verb of an order. */
export type OrderVerb = keyof typeof ORDERS;

/** The orders whose results a worker waits for, with their verbs, as they stand in events. */
export const orderedSchema = z.discriminatedUnion("verb", [
  z.object({ verb: z.literal("exec"), data: ORDERS.exec }),
  z.object({ verb: z.literal("file"), data: ORDERS.file }),
  z.object({ verb: z.literal("get"), data: ORDERS.get }),
  z.object({ verb: z.literal("put"), data: ORDERS.put }),
  z.object({ verb: z.literal("preview"), data: ORDERS.preview }),
  z.object({ verb: z.literal("admit"), data: ORDERS.admit }),
]);

/** An order whose result is waited for. */
export type Ordered = z.output<typeof orderedSchema>;

/** Something in the object store. Units: `bytes`. */
export const artifactSchema = z.object({ name: z.string(), bytes: z.number().int(), sum: z.string() });

/**
 * What a program wrote to one of its outputs: all of it, or its beginning and its end with a line between that says how much is
 * left out. `whole` is where all of it is, as far as it was kept. Units: `bytes` that were written.
 */
export const outputSchema = z.object({ text: z.string(), bytes: z.number().int(), whole: artifactSchema.optional() });

/** What came of an order. Units: `ms`; `until` ms since 1970. */
export const resultOfOrderSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("exec"),
    /** Absent where it did not end by itself. */
    code: z.number().int().optional(),
    /** `ended` by itself; `timed-out` or `killed` and so ended; `interrupted`: it ran, and nobody knows how far. */
    how: z.enum(["ended", "timed-out", "killed", "interrupted"]),
    /** Why it was interrupted, where somebody knows. */
    why: z.string().optional(),
    ms: z.number().int(),
    stdout: outputSchema,
    stderr: outputSchema,
  }),
  z.object({ type: z.literal("file"), text: z.string() }),
  z.object({ type: z.literal("artifact"), artifact: artifactSchema }),
  z.object({ type: z.literal("preview"), url: z.string(), until: z.number().int() }),
  z.object({ type: z.literal("done"), text: z.string() }),
  /** It was not done, or not whole; `text` says why and what to do. */
  z.object({ type: z.literal("failed"), code: z.string(), text: z.string() }),
]);

/** What came of an order. */
export type OrderResult = z.output<typeof resultOfOrderSchema>;
