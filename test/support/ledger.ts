import { z } from "zod";
import type { AnyKind, Input, Kind, Send, Step, Tools } from "#runtime/actor.ts";
import {
  type Address,
  addressOf,
  type EventOf,
  type KindContract,
  type MailOf,
  returnedSchema,
} from "#subjects/mod.ts";

const tagged = z.object({ tag: z.string() });

const job = z.object({
  /** What it tells before it ends. */
  notes: z.number().int(),
  /** How much else has to happen before it ends. */
  turns: z.number().int().optional(),
  endless: z.boolean().optional(),
  wrong: z.enum(["throw", "decide"]).optional(),
});

const order = tagged.extend({
  amount: z.number().int(),
  /** Who is to receive as much. */
  to: z.string().optional(),
  job: job.optional(),
  /** It tells itself to look for what it added, and what it makes of it if it finds nothing. */
  check: z.enum(["ignore", "refuse", "throw"]).optional(),
  /** Units: ms after now. */
  wakeInMs: z.number().int().optional(),
});

/** What the kind of the runtime's tests says to the bus. */
export const ledgerContract = {
  kind: "ledger",
  version: 1,
  account: "CORE",
  about: "Test kind: adds up, passes on, works and wakes, and counts how often each thing took effect.",
  mail: {
    add: order,
    receive: order.pick({ tag: true, amount: true }),
    wake: tagged,
    cancel: tagged,
    check: order.pick({ tag: true, check: true }),
    refused: returnedSchema,
    bounced: returnedSchema,
  },
  events: {
    added: order.extend({ total: z.number() }),
    received: order.pick({ tag: true, amount: true }).extend({ total: z.number() }),
    woken: tagged,
    checked: tagged,
    noted: tagged.extend({ note: z.number() }),
    worked: tagged.extend({ to: z.string().optional() }),
    retried: tagged,
    failed: tagged.extend({ reason: z.string() }),
    cancelled: tagged,
    returned: z.object({ how: z.string(), code: z.string() }),
  },
  live: { refusal: returnedSchema },
  asks: {},
  sends: { ledger: ["receive", "check"] },
  views: ["balances"],
} as const satisfies KindContract;

type Job = z.output<typeof job> & { readonly to?: string | undefined; readonly noted: number; readonly tries: number };

/** How often each thing took effect: 1, or something is wrong. */
type Counts = Readonly<Record<string, number>>;

/** What a ledger knows. */
export type LedgerState = {
  readonly total: number;
  readonly counts: Counts;
  readonly jobs: Readonly<Record<string, Job>>;
};

/** What a job brings. */
export type LedgerOutcome =
  | { readonly tag: string; readonly note: number }
  | { readonly tag: string; readonly done: true };

/** A job as it is performed. */
export type LedgerStep = Step & { readonly type: "work"; readonly tag: string; readonly job: Job };

type LedgerKind = Kind<typeof ledgerContract, LedgerState, LedgerStep, LedgerOutcome>;

type LedgerInput = Input<MailOf<typeof ledgerContract>, LedgerOutcome>;

type LedgerEvent = EventOf<typeof ledgerContract>;

/** Performs a job; a test gives its own to count, to wait, to fail. */
export type Perform = (step: LedgerStep, tools: Tools<LedgerOutcome>) => Promise<LedgerOutcome>;

/** How a test changes the kind. */
export type LedgerOptions = {
  readonly perform?: Perform;
  readonly version?: number;
  readonly stateVersion?: number;
  readonly upgrades?: NonNullable<KindContract["upgrades"]>;
  /** A job that is given up is begun again under another key, so that it is done in the end. */
  readonly stubborn?: boolean;
};

/** The kind, as the runtime takes it. */
export function ledgerKind(options: LedgerOptions = {}): AnyKind {
  const { perform = finishAtOnce, version = 1, stateVersion = 1, stubborn = false, upgrades = {} } = options;
  const contract: typeof ledgerContract & KindContract = { ...ledgerContract, upgrades, version: version as 1 };
  const kind: LedgerKind = {
    contract,
    stateVersion,
    initial: () => ({ total: 0, counts: {}, jobs: {} }),
    decide: (state, input) => (input.type === "mail" ? decideMail(state, input) : decideStep(state, input, stubborn)),
    evolve,
    sends,
    steps,
    perform,
  };
  return kind as unknown as AnyKind;
}

/** A ledger of that name. */
export function ledger(name: string): Address {
  return addressOf("main", "ledger", name);
}

async function finishAtOnce({ tag }: LedgerStep): Promise<LedgerOutcome> {
  return { tag, done: true };
}

function decideMail(
  state: LedgerState,
  mail: LedgerInput & { readonly type: "mail" },
): ReturnType<LedgerKind["decide"]> {
  if (mail.verb === "wake") return { type: "woken", data: mail.data };
  if (mail.verb === "cancel") return state.jobs[mail.data.tag] && { type: "cancelled", data: mail.data };
  if (mail.verb === "refused" || mail.verb === "bounced") {
    return { type: "returned", data: { how: mail.verb, code: mail.data.code } };
  }
  if (mail.verb === "check") return check(state, mail.data);
  const { amount, tag } = mail.data;
  if (amount === 0) return { type: "refusal", code: "nothing", reason: `${tag} adds nothing` };
  if (amount < 0) throw new Error(`${tag} is below nothing`);
  const total = state.total + amount;
  if (mail.verb === "receive") return { type: "received", data: { tag, amount, total } };
  return { type: "added", data: { ...mail.data, total } };
}

function check(
  state: LedgerState,
  { tag, check }: Pick<z.output<typeof order>, "tag" | "check">,
): ReturnType<LedgerKind["decide"]> {
  if (state.counts[`added ${tag}`] !== undefined) return { type: "checked", data: { tag } };
  if (check === "throw") throw new Error(`${tag} was not added`);
  return check === "refuse" ? { type: "refusal", code: "unknown", reason: `${tag} was not added` } : undefined;
}

function decideStep(
  state: LedgerState,
  input: LedgerInput & { readonly type: "outcome" | "emission" | "failure" },
  stubborn: boolean,
): LedgerEvent | undefined {
  const tag = input.type === "failure" ? tagOf(input.key) : input.data.tag;
  const open = state.jobs[tag];
  if (open === undefined) return undefined;
  if (input.type === "failure") {
    return stubborn ? { type: "retried", data: { tag } } : { type: "failed", data: { tag, reason: input.reason } };
  }
  if (open.wrong === "decide") throw new Error("cannot judge this");
  if ("done" in input.data) return { type: "worked", data: { tag, ...(open.to === undefined ? {} : { to: open.to }) } };
  return input.data.note === open.noted + 1 ? { type: "noted", data: { tag, note: input.data.note } } : undefined;
}

function evolve(state: LedgerState, event: LedgerEvent): LedgerState {
  const { type, data } = event;
  if (type === "added") {
    const counted = { ...count(state, `added ${data.tag}`), total: data.total };
    if (data.job === undefined) return counted;
    const opened = { ...data.job, to: data.to, noted: 0, tries: 0 };
    return { ...counted, jobs: { ...state.jobs, [data.tag]: JSON.parse(JSON.stringify(opened)) as Job } };
  }
  if (type === "received") return { ...count(state, `received ${data.tag}`), total: data.total };
  if (type === "returned") return count(state, `${data.how} ${data.code}`);
  if (type === "woken" || type === "checked") return count(state, `${type} ${data.tag}`);
  const open = state.jobs[data.tag];
  if (open === undefined) return count(state, `${type} ${data.tag} without a job`);
  if (type === "noted")
    return withJob(count(state, `noted ${data.tag} ${data.note}`), data.tag, { ...open, noted: data.note });
  if (type === "retried") return withJob(state, data.tag, { ...open, tries: open.tries + 1 });
  const { [data.tag]: _ended, ...jobs } = state.jobs;
  return { ...count(state, type === "cancelled" ? `worked ${data.tag}` : `${type} ${data.tag}`), jobs };
}

function sends(
  event: LedgerEvent,
  of: { readonly at: number; readonly address: Address },
): Readonly<Record<string, Send>> {
  const { type, data } = event;
  if (type === "worked") {
    return data.to === undefined ? {} : { share: receive(data.to, { tag: `${data.tag} worked`, amount: 1 }) };
  }
  if (type !== "added" && type !== "received") return {};
  const balance: Send = { type: "view", view: "balances", data: { total: data.total } };
  if (type === "received") return { balance };
  const { tag, amount, to, wakeInMs, check } = data;
  return {
    balance,
    ...(check === undefined ? {} : { check: { type: "mail", to: of.address, verb: "check", data: { tag, check } } }),
    ...(to === undefined ? {} : { share: receive(to, { tag, amount: amount > 90 ? 90 - amount : amount % 10 }) }),
    ...(wakeInMs === undefined
      ? {}
      : { wake: { type: "timer", dueAt: of.at + wakeInMs, verb: "wake", data: { tag } } }),
  };
}

function receive(to: string, data: { readonly tag: string; readonly amount: number }): Send {
  return { type: "mail", to: to as Address, verb: "receive", data };
}

function steps(state: LedgerState): Readonly<Record<string, LedgerStep>> {
  return Object.fromEntries(
    Object.entries(state.jobs).map(([tag, open]): [string, LedgerStep] => {
      const step = { type: "work", tag, job: open } as const;
      return [`work-${tag}-${open.tries}`, open.endless ? { ...step, endless: true } : step];
    }),
  );
}

function tagOf(key: string): string {
  return key.replace(/^work-/, "").replace(/-\d+$/, "");
}

function count(state: LedgerState, what: string): LedgerState {
  return { ...state, counts: { ...state.counts, [what]: (state.counts[what] ?? 0) + 1 } };
}

function withJob(state: LedgerState, tag: string, open: Job): LedgerState {
  return { ...state, jobs: { ...state.jobs, [tag]: open } };
}
