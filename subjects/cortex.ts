import { z } from "zod";
import { addressSchema } from "./address.ts";
import { amountSchema, BUDGETS, chargeSchema, SCOPES } from "./charge.ts";
import type { EventOf, KindContract, MailOf } from "./contract.ts";
import { STANDINGS } from "./policy.ts";
import { whoSchema } from "./who.ts";

/** The id of every agent's cortex. */
export const CORTEX = "main";

const byName = z.record(z.string(), amountSchema);

/** Jobs that are given a slot with an event. */
const granted = z.array(addressSchema);

const why = z.string().max(500);

/** The agent's steward: keeps the ledger of what was spent, and warns; grants run slots to its jobs, and can stop all of them. */
export const cortexContract = {
  kind: "cortex",
  version: 2,
  account: "CORE",
  about: "An agent's steward: keeps the ledger of what its thinking costs, and says which jobs may run.",
  mail: {
    /** A job is ready to run. */
    claim: z.object({ who: whoSchema, role: z.enum(STANDINGS) }),
    /** A job does not want a slot any more, or needs its own no longer. */
    release: z.object({}),
    /** Stop all jobs and begin none, or go on. */
    panic: z.object({ on: z.boolean(), who: whoSchema, why: why.default("") }),
    /** A model was called. */
    charge: chargeSchema,
  },
  events: {
    /** It is counted: by whom, and what was spent on that day of UTC so far. */
    charged: chargeSchema.extend({
      by: addressSchema,
      day: z.string(),
      spent: z.object({ agent: amountSchema, channel: amountSchema, person: amountSchema.optional() }),
      /** Limits that this charge reached; the conversation is told. */
      reached: z
        .array(z.object({ limit: z.enum(["soft", "hard"]), scope: z.enum(SCOPES), text: z.string() }))
        .optional(),
    }),
    /** A job waits for its turn, or has it at once. */
    claimed: z.object({ by: addressSchema, who: whoSchema, granted }),
    /** A job has ended or is not wanted any more; others have their turn. */
    released: z.object({ by: addressSchema, granted }),
    /** Nothing begins any more, and what runs is told to stop. */
    panicked: z.object({ who: whoSchema, why, halted: z.array(addressSchema) }),
    /** Things go on. */
    calmed: z.object({ who: whoSchema, granted }),
  },
  live: {},
  asks: {
    /** Which jobs run, how many wait, and whether all is stopped. Units: `at` ms since 1970. */
    slots: z.object({
      running: z.array(addressSchema),
      queued: z.number().int(),
      limit: z.number().int(),
      panic: z.object({ who: whoSchema, why: z.string(), at: z.number() }).optional(),
    }),
    /** What was spent on each day that is still known, oldest first, and on what; `others` are names beyond those kept. */
    usage: z.object({
      days: z.array(
        z.object({
          day: z.string(),
          calls: z.number().int(),
          ...amountSchema.shape,
          by: z.object({
            channel: byName,
            person: byName,
            kind: byName,
            model: byName,
          }),
        }),
      ),
    }),
  },
  sends: { channel: ["warn"], worker: ["grant", "halt"] },
  views: [BUDGETS.view],
} as const satisfies KindContract;

/** Mail a cortex takes. */
export type CortexMail = MailOf<typeof cortexContract>;

/** What happens to a cortex. */
export type CortexEvent = EventOf<typeof cortexContract>;
