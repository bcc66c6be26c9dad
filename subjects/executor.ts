import { z } from "zod";
import { addressSchema } from "./address.ts";
import type { EventOf, KindContract, MailOf } from "./contract.ts";
import { envSchema, ORDERS, orderedSchema, resultOfOrderSchema } from "./order.ts";

/** Read models of hosts that run environments. */
export const HOSTS_VIEW = "hosts";

/** Read models of the environments. */
export const ENVIRONMENTS_VIEW = "environments";

/**
 * Entry of the view `hosts`. Key: `hosts.main.<host>`. `free` is how many environments more it takes; `at` is when it said so.
 * Units: ms since 1970. Shape: `{ "seq": 9, "engine": "docker", "free": 14, "running": 2, "at": 1790000000000 }`.
 */
export const hostViewSchema = z.object({
  seq: z.number().int(),
  engine: z.string(),
  /** Why it takes none, where it does not. */
  problem: z.string().optional(),
  running: z.number().int(),
  free: z.number().int(),
  at: z.number().int(),
});

/** A port of an environment that is reachable from outside. */
export const previewSchema = z.object({ port: z.number().int(), url: z.string(), until: z.number().int() });

/** How an environment stands. */
export const ENVIRONMENT_STATES = ["raising", "up", "lowering", "kept", "gone"] as const;

/**
 * Entry of the view `environments`, one an environment. Key: `environments.main.<env>`. Units: `at` ms since 1970.
 */
export const environmentViewSchema = z.object({
  seq: z.number().int(),
  host: z.string(),
  by: addressSchema,
  state: z.enum(ENVIRONMENT_STATES),
  engine: z.string(),
  at: z.number().int(),
  /** Why it is let go, kept or gone. */
  why: z.string().optional(),
  previews: z.array(previewSchema).optional(),
});

const by = addressSchema;
const which = { env: envSchema, by };
const notes = z.array(z.string());

/** How much room there is after an event. */
const room = { running: z.number().int(), free: z.number().int(), engine: z.string(), problem: z.string().optional() };

const reply = { order: z.string(), result: resultOfOrderSchema };

/** An environment that is to be let go, and why. */
const leaving = { ...which, keep: z.boolean(), why: z.string() };

/** All that an executor does in an environment which is there; that a program was ended is a result too. */
export const executedSchema = z.discriminatedUnion("verb", [
  ...orderedSchema.options,
  z.object({ verb: z.literal("kill"), data: ORDERS.kill }),
]);

/** Something that an executor does in an environment. */
export type Executed = z.output<typeof executedSchema>;

/** Environments and what runs in them, of one host. */
export const executorContract = {
  kind: "executor",
  version: 1,
  account: "HANDS",
  about: "Environments of one host, and what runs in them.",
  host: true,
  mail: {
    ...ORDERS,
    /** Time to look after environments: which are old, which nobody uses. Units: `at` ms since 1970. */
    tend: z.object({ at: z.number().int() }),
  },
  events: {
    /**
     * The engine was found, or found missing; with what was found of environments: those that are to be let go, for they have
     * stopped or nobody knows them, and those whose workspace is not there any more.
     */
    opened: z.object({ ...room, notes, lowering: z.array(z.object(leaving)), gone: z.array(z.object(which)) }),
    /** Somebody wants an environment; one that is just being let go is raised again after that. */
    raising: ORDERS.up.extend({ by, ...room }),
    /** It is there. `boot` is the name of this life of it, by which its journal is known; `fresh` where its workspace is a new one. */
    raised: z.object({
      ...which,
      order: z.string(),
      boot: z.string(),
      notes,
      fresh: z.boolean().optional(),
      ...room,
    }),
    /** An environment cannot be had, or is not there to be let go. */
    declined: z.object({ ...which, order: z.string(), why: z.string() }),
    /** An order has begun. */
    ordered: z.object({ by, order: executedSchema }),
    /** An order has come to its end; whoever gave it is told. With `previews`, those are all that the environment has now. */
    finished: z.object({ ...which, ...reply, previews: z.array(previewSchema).optional(), engine: z.string() }),
    /** An environment is to be let go, or was found gone. */
    lowering: z.object({ ...leaving, order: z.string().optional(), engine: z.string() }),
    /** It is gone; its workspace is kept or not. What ran in it came to this; `tells` whoever has it, if somebody has. */
    lowered: z.object({ ...leaving, tells: z.boolean(), unfinished: z.array(z.object(reply)), ...room }),
    /** Environments were looked after: what is to be let go, or thrown away, by which rule; `again` where some are left. */
    tended: z.object({ pruned: z.array(z.object(leaving)), again: z.boolean(), engine: z.string() }),
  },
  live: {
    /** What a program writes, as it comes. Units: `offset` in bytes of that stream. */
    output: z.object({
      order: z.string(),
      stream: z.enum(["stdout", "stderr"]),
      offset: z.number().int(),
      text: z.string(),
    }),
  },
  asks: {
    /** The environments of this host. */
    list: z.object({
      engine: z.string(),
      problem: z.string().optional(),
      notes: z.array(z.string()),
      environments: z.array(
        z.object({
          env: z.string(),
          by,
          state: z.enum(ENVIRONMENT_STATES),
          since: z.number().int(),
          running: z.number().int(),
          previews: z.array(previewSchema),
        }),
      ),
      /** What would be thrown away if it were looked after now, and by which rule. */
      prunable: z.array(z.object({ env: z.string(), why: z.string() })),
    }),
  },
  sends: { worker: ["attach", "detach", "result"] },
  views: [HOSTS_VIEW, ENVIRONMENTS_VIEW],
  artifacts: "write",
} as const satisfies KindContract;

/** Mail an executor takes. */
export type ExecutorMail = MailOf<typeof executorContract>;

/** What happens to an executor. */
export type ExecutorEvent = EventOf<typeof executorContract>;
