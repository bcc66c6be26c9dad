import { z } from "zod";
import {
  LOOK_BACK,
  lookBack,
  REPLY,
  type Settled,
  STATUS_TOOL,
  setStatus,
  type Toolbox,
  type ToolSpec,
  type Work,
} from "#actors/turn/mod.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";

/** Name of the tool that begins a job. */
export const SPAWN_WORKER = "spawn_worker";

/** Most thoughts on the side and jobs that a conversation's agent has begun and that are at work at a time. */
export const MAX_BRANCHES = 5;

/** Most thoughts on the side that follow from one another before a person has to speak. */
export const MAX_DEPTH = 2;

/** What a call of the channel's tools is judged by. */
export type ToolContext = {
  readonly work: readonly Work[];
  /** How many thoughts on the side led here, one after the other, since a person last spoke. */
  readonly depth: number;
  /** Whether one person, and nobody besides, speaks in this turn: a job has the rights of whoever wants it. */
  readonly isAsked: boolean;
  /** Thoughts on the side and jobs that calls before this one in the same answer want, as far as they can be read. */
  readonly begun: () => number;
};

/** Input of `reply`. */
export const replyInput = z.object({
  text: z.string().trim().min(1).describe("What you say."),
  more: z.boolean().default(false).describe("Whether you go on with this matter after it."),
});

/** Input of `branch`. */
export const branchInput = z.object({
  task: z.string().trim().min(1).max(8_000).describe("What to think about, and what its conclusion should say."),
});

/** Input of `spawn_worker`. */
export const workerInput = z.object({
  task: z
    .string()
    .trim()
    .min(1)
    .max(16_000)
    .describe("All that has to be known to do it: whoever does it sees nothing of this conversation."),
});

/** Input of `route`. */
export const routeInput = z.object({
  to: z.string().describe("Its name, as the list of what is at work has it."),
  text: z.string().trim().min(1).max(8_000),
});

/** Input of `cancel`. */
export const cancelInput = z.object({
  to: z.string().describe("Its name, as the list of what is at work has it."),
  reason: z.string().trim().max(500).default(""),
});

const reply: ToolSpec<ToolContext> = {
  about:
    "Say something to the people here at once. Plain words do the same and end your turn; use this to say something before you go on, with `more`.",
  input: replyInput,
  settle: () => "Said.",
  closes: ({ more }: z.output<typeof replyInput>) => !more,
};

const branch: ToolSpec<ToolContext> = {
  about:
    "Think about something on the side, with all of this conversation in view, while you go on talking. Its conclusion comes back to you later as a message.",
  input: branchInput,
  settle: (_: never, context: ToolContext) => beginnable(context),
  closes: () => true,
};

const spawnWorker: ToolSpec<ToolContext> = {
  about:
    "Have a job done: work with files, programs and servers in an environment of its own, which may take long. Its end comes back to you later as a message.",
  input: workerInput,
  settle: (_: never, context: ToolContext) =>
    context.isAsked
      ? beginnable(context)
      : {
          failed:
            "Not begun: a job is one person's, and here nobody or several spoke. Ask who wants it, or have them say /task.",
        },
  closes: () => true,
};

const route: ToolSpec<ToolContext> = {
  about: "Pass a message on to something that is at work for this conversation.",
  input: routeInput,
  settle: ({ to }: z.output<typeof routeInput>, context: ToolContext) => running(to, context, "Passed on."),
  closes: () => true,
};

const cancel: ToolSpec<ToolContext> = {
  about: "End something that is at work for this conversation.",
  input: cancelInput,
  settle: ({ to }: z.output<typeof cancelInput>, context: ToolContext) => running(to, context, "It is told to end."),
  closes: () => true,
};

/** The tools of a channel, in the order in which models are told of them. */
export const CHANNEL_TOOLS: Toolbox<ToolContext> = {
  [REPLY]: reply,
  branch,
  [SPAWN_WORKER]: spawnWorker,
  route,
  cancel,
  [STATUS_TOOL]: setStatus,
  [LOOK_BACK]: lookBack,
};

/** The address that a model means by a name of work. Shape: `b3fA9xQ-0` is `main.branch.b3fA9xQ-0`. */
export function workNamed(to: string, work: readonly Address[]): Address | undefined {
  return work.find((address) => address === to || parseAddress(address).id === to);
}

/** What costs money must not lead to more of itself without end. */
function beginnable({ work, depth, begun }: ToolContext): Settled {
  if (depth > MAX_DEPTH) {
    return {
      failed: `Not begun: ${depth} led to one another already. Tell people what was found and ask whether to go on.`,
    };
  }
  if (work.length + begun() < MAX_BRANCHES) return "It has begun; its conclusion comes back here by itself.";
  return { failed: `${MAX_BRANCHES} are at work already; wait for one, or cancel one.` };
}

function running(to: string, { work }: ToolContext, done: string): Settled {
  const addresses = work.map(({ address }) => address);
  if (workNamed(to, addresses) !== undefined) return done;
  return { failed: `Nothing called ${to} is at work here. At work: ${addresses.join(", ") || "nothing"}.` };
}
