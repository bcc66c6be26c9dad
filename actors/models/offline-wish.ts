import { quote } from "./recall.ts";

/** What somebody wants done by a tool. An empty `to` means the work that was begun last. */
export type Wish =
  | { readonly tool: "branch"; readonly task: string }
  | { readonly tool: "look_back"; readonly query: string }
  | { readonly tool: "set_status" | "reply"; readonly text: string }
  | { readonly tool: "route"; readonly to: string; readonly text: string }
  | { readonly tool: "cancel"; readonly to: string }
  | { readonly tool: "spawn_worker"; readonly task: string }
  | JobWish;

/** What a job wants done in its environment. */
export type JobWish =
  | { readonly tool: "shell"; readonly command: string }
  | { readonly tool: "preview"; readonly port: number }
  | { readonly tool: "artifact"; readonly do: "keep"; readonly path: string };

type Groups = Readonly<Record<string, string | undefined>>;

/** What can be done on the side. */
const THINK =
  "(?:think|reflect|ponder|muse|brood|reason|work|look|search|find|figure|check|consider|compare|plan|sum|collect|list|write|study|weigh)";

const ASIDE = "(?:on the side|in the background|(?:in|on) a branch)";

const PAST =
  "(?:our|the|this|my|your) (?:whole |entire )?(?:conversation|log|history|past|chat|transcript|talk|messages)";

const LONG_AGO = "(?: (?:a )?(?:long (?:time )?ago|earlier|before|back then|once|at first|in the beginning))?";

/** Work by its id or its whole address, or the work begun last. Shape: `the branch b3fA9xQ-0`, `the job w3fA9xQ-0`. */
const WORK = String.raw`(?:(?:the )?(?:branch |thought |job )?(?<to>(?:[\w=-]+\.(?:branch|worker)\.)?[bw][\w-]{6,12}-\d+)|(?:the |that |your )?(?:last |latest )?(?:branch|job|thought on the side))`;

/** What people say for it, each a whole message without its manners. */
const FORMS: readonly (readonly [when: RegExp, wish: (groups: Groups) => Wish])[] = [
  [form(`(?<task>${THINK}\\b.+?),? (?:${ASIDE}|meanwhile)`), branch],
  [form(`${ASIDE}:\\s*(?<task>.+)`), branch],
  [form(`(?:${ASIDE}|meanwhile)(?:,|, please|)\\s+(?<task>${THINK}\\b.+)`), branch],
  [form("(?:start|begin|open|spawn) (?:a|another) branch(?:(?: about| on| for| to| that)|:) (?<task>.+)"), branch],
  [form("(?:start|begin|do|run) (?:a|this|the|another) job(?: to| that|)[,:]?\\s+(?<task>[\\s\\S]+)"), job],
  [form("have (?:a|this|the) job done[,:]?\\s+(?<task>[\\s\\S]+)"), job],
  [form("(?:branch off|\\/branch)(?:[,:]| and| to|) (?<task>.+)"), branch],
  [form(`look back (?:(?:in|at|through|over|into) ${PAST} )?(?:for|to|at|on) (?<query>.+)`), lookBack],
  [form(`(?:search|look through|go through) (?:in |through )?${PAST} for (?<query>.+)`), lookBack],
  [form(`(?:search for|look for|find) (?<query>.+?) in ${PAST}`), lookBack],
  [
    form(
      `what (?:did|have) (?:we|i|you|they) (?:say|said|tell|told|talk|talked) (?:you |me )?about (?<query>.+?)${LONG_AGO}`,
    ),
    lookBack,
  ],
  [form(`(?:what was said|when did we (?:talk|speak)) about (?<query>.+?)${LONG_AGO}`), lookBack],
  [form("set (?:your|the) status (?:to|as)[,:]? (?<text>.+)"), ({ text = "" }) => ({ tool: "set_status", text })],
  [
    form("(?:reply|answer) (?:at once|right away|immediately)[,:]? (?<text>.+)"),
    ({ text = "" }) => ({ tool: "reply", text }),
  ],
  [form(`tell ${WORK}(?:[,:]| that| to|) (?<text>.+)`), ({ to = "", text = "" }) => ({ tool: "route", to, text })],
  [form(`(?:cancel|stop|end|abort) ${WORK}`), ({ to = "" }) => ({ tool: "cancel", to })],
];

/** What a message wants done by one of the tools that are offered; undefined where it wants an answer. */
export function wishIn(ask: string, offered: ReadonlySet<string>): Wish | undefined {
  for (const [when, wish] of FORMS) {
    const match = when.exec(ask);
    const wanted = match === null ? undefined : wish(match.groups ?? {});
    if (wanted !== undefined && offered.has(wanted.tool)) return wanted;
  }
  return undefined;
}

const LOOKS_BACK = new RegExp(
  `\\b(?:look back (?:for|to|at|on)|search ${PAST} for) (?<query>.+?)(?= and (?:think|tell|say|then)\\b|[.;,!?\\n]|$)`,
  "i",
);

/** What a task wants looked for before it is thought about. */
export function queryIn(task: string): string | undefined {
  return LOOKS_BACK.exec(task)?.groups?.query;
}

/** What the person is told when it is done; where it is `silent`, the call has to come back first. */
export function toldOf(wish: Exclude<Wish, { tool: "look_back" } | JobWish>): {
  readonly text: string;
  readonly silent: boolean;
} {
  switch (wish.tool) {
    case "branch":
      return { text: `I think about ${quote(wish.task)} on the side and come back to it.`, silent: false };
    case "spawn_worker":
      return { text: `I have that done as a job (${quote(wish.task)}), and come back to it.`, silent: false };
    case "route":
      return { text: `I pass that on to ${wish.to}.`, silent: false };
    case "cancel":
      return { text: `I stop ${wish.to}.`, silent: false };
    case "set_status":
      return { text: `My status is ${quote(wish.text)}.`, silent: true };
    case "reply":
      return { text: "That was all.", silent: true };
  }
}

function branch({ task = "" }: Groups): Wish {
  return {
    tool: "branch",
    task: task.replace(/^(?:think|reflect|ponder|muse|brood|reason) (?:about|on|over) (?=\S)/i, ""),
  };
}

function job({ task = "" }: Groups): Wish {
  return { tool: "spawn_worker", task };
}

function lookBack({ query = "" }: Groups): Wish {
  return { tool: "look_back", query };
}

function form(source: string): RegExp {
  return new RegExp(`^${source}$`, "i");
}
