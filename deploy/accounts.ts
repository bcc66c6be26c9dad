import type { Account, KindContract } from "#subjects/contract.ts";
import { FOREIGN_ANSWERS, type Rights } from "#subjects/permissions.ts";

/** One subject that one account offers to others: a service they may call or a stream they may follow. */
export type Crossing = {
  readonly type: "service" | "stream";
  readonly from: Account;
  readonly to: readonly Account[];
  readonly subject: string;
  /** Whether one call may have many answers. */
  readonly streamed: boolean;
};

type Step = Omit<Crossing, "to" | "streamed"> & { readonly to: Account };

/**
 * What must cross the borders between accounts for every user's rights to reach what they name: streams live in CORE, an
 * actor's questions are answered in its own account. No kind is both asked and asking over one border, since the
 * server refuses imports that form a cycle.
 */
export function crossings(rights: readonly Rights[], kinds: readonly KindContract[]): readonly Crossing[] {
  const steps = rights
    .filter((right) => right.account !== "CORE")
    .flatMap((right) => [
      ...right.publish.filter(crosses).map((subject) => calls(right.account, subject, kinds)),
      ...right.subscribe.filter(crosses).map((subject) => follows(right.account, subject)),
    ])
    .filter((step) => step.from !== step.to);
  const merged = Map.groupBy(steps, ({ type, from, subject }) => `${type} ${from} ${subject}`);
  return [...merged.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const to = [...new Set(same.map((step) => step.to))];
    return [{ ...first, to, streamed: first.type === "service" && manyAnswers(first.subject) }];
  });
}

function calls(account: Account, subject: string, kinds: readonly KindContract[]): Step {
  return { type: "service", from: servedBy(subject, kinds), to: account, subject };
}

function follows(account: Account, subject: string): Step {
  return isQuestion(subject)
    ? { type: "service", from: account, to: "CORE", subject }
    : { type: "stream", from: "CORE", to: account, subject };
}

/** Inboxes and the talk of a kind's processes among themselves stay at home. */
function crosses(subject: string): boolean {
  return !["_INBOX_", `${FOREIGN_ANSWERS}.`, "runtime."].some((prefix) => subject.startsWith(prefix));
}

function servedBy(subject: string, kinds: readonly KindContract[]): Account {
  const [, , kind] = subject.split(".");
  return (isQuestion(subject) && kinds.find((contract) => contract.kind === kind)?.account) || "CORE";
}

function isQuestion(subject: string): boolean {
  return subject.startsWith("$SRV.") || subject.split(".")[4] === "ask";
}

function manyAnswers(subject: string): boolean {
  return subject.startsWith("$SRV.") || subject.includes(".MSG.NEXT.");
}
