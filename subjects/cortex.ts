import { z } from "zod";
import { addressSchema } from "./address.ts";
import { amountSchema, BUDGETS, chargeSchema, SCOPES } from "./charge.ts";
import type { EventOf, KindContract, MailOf } from "./contract.ts";

/** The id of every agent's cortex. */
export const CORTEX = "main";

const byName = z.record(z.string(), amountSchema);

/** The agent's steward: keeps the ledger of what was spent, and warns. */
export const cortexContract = {
  kind: "cortex",
  version: 1,
  account: "CORE",
  about: "An agent's steward: keeps the ledger of what its thinking costs.",
  mail: {
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
  },
  live: {},
  asks: {
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
  sends: { channel: ["warn"] },
  views: [BUDGETS.view],
} as const satisfies KindContract;

/** Mail a cortex takes. */
export type CortexMail = MailOf<typeof cortexContract>;

/** What happens to a cortex. */
export type CortexEvent = EventOf<typeof cortexContract>;
