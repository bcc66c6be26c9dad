import type { Account, KindContract } from "#subjects/contract.ts";
import { TAP } from "#subjects/kinds.ts";
import { FOREIGN_ANSWERS, inboxPrefix, type Rights, subjectInCore } from "#subjects/permissions.ts";

/** One subject that one account offers to others: a service they may call or a stream they may follow. */
export type Crossing = {
  readonly type: "service" | "stream";
  readonly from: Account;
  readonly to: Account;
  /** Its name where it is offered, and the one it is imported under. */
  readonly subject: string;
  readonly as: string;
  /** Whether one call may have many answers. */
  readonly streamed: boolean;
};

/**
 * What must cross the borders between accounts for every user's rights to reach what they name: streams live in CORE, an
 * actor's questions are answered in its own account. No two overlap, since what is imported twice arrives twice; and no
 * kind is both asked and asking over one border, since the server refuses imports that form a cycle.
 */
export function crossings(rights: readonly Rights[], kinds: readonly KindContract[]): readonly Crossing[] {
  const all = rights
    .filter((right) => right.account !== "CORE")
    .flatMap((right) => [
      ...right.publish.filter(crosses).map((subject) => calls(right.account, subject, kinds)),
      ...right.subscribe.filter(crosses).flatMap((subject) => hears(right.account, subject, rights)),
    ])
    .filter((crossing) => crossing.from !== crossing.to);
  return all.filter(
    (one, index) =>
      !all.some((other, at) => at !== index && includes(other, one) && (at < index || !includes(one, other))),
  );
}

function calls(account: Account, as: string, kinds: readonly KindContract[]): Crossing {
  const subject = subjectInCore(as);
  return { type: "service", from: servedBy(as, kinds), to: account, subject, as, streamed: manyAnswers(subject) };
}

function hears(account: Account, subject: string, rights: readonly Rights[]): readonly Crossing[] {
  if (isQuestion(subject)) {
    return [{ type: "service", from: account, to: "CORE", subject, as: subject, streamed: manyAnswers(subject) }];
  }
  return speakers(subject, rights).map((from) => ({
    type: "stream",
    from,
    to: account,
    subject,
    as: subject,
    streamed: false,
  }));
}

/** What one account calls in CORE, CORE does not pass on to a third: that one listens to both. */
function speakers(subject: string, rights: readonly Rights[]): readonly Account[] {
  const elsewhere = rights.filter((right) => right.publish.some((spoken) => overlap(spoken, subject)));
  return [...new Set<Account>(["CORE", ...elsewhere.map((right) => right.account)])];
}

/** Inboxes and the talk of a kind's processes among themselves stay at home; but the tap's tools have streams pushed to it. */
function crosses(subject: string): boolean {
  if (subject === `${inboxPrefix(TAP)}.>`) return true;
  return !["_INBOX_", `${FOREIGN_ANSWERS}.`, "runtime."].some((prefix) => subject.startsWith(prefix));
}

function servedBy(subject: string, kinds: readonly KindContract[]): Account {
  const [, , kind] = subject.split(".");
  return (isQuestion(subject) && kinds.find((contract) => contract.kind === kind)?.account) || "CORE";
}

function isQuestion(subject: string): boolean {
  return subject.startsWith("$SRV.") || subject.split(".")[4] === "ask";
}

/** Asking a bucket for several of its entries. */
const LISTING = /\.DIRECT\.GET\.KV_\w+$/;

function manyAnswers(subject: string): boolean {
  return subject.startsWith("$SRV.") || subject.includes(".MSG.NEXT.") || LISTING.test(subject);
}

function includes(wide: Crossing, narrow: Crossing): boolean {
  return (
    wide.type === narrow.type &&
    wide.from === narrow.from &&
    wide.to === narrow.to &&
    covers(wide.subject, narrow.subject)
  );
}

function covers(wide: string, narrow: string): boolean {
  const narrowTokens = narrow.split(".");
  const wideTokens = wide.split(".");
  const open = wideTokens.at(-1) === ">";
  if (open ? narrowTokens.length < wideTokens.length : narrowTokens.length !== wideTokens.length) return false;
  return wideTokens.every((token, index) => token === ">" || matches(token, narrowTokens[index]));
}

/** Whether some subject fits both patterns. */
export function overlap(one: string, other: string): boolean {
  const [tokens, others] = [one.split("."), other.split(".")];
  const end = [tokens, others].map((side) => side.indexOf(">")).filter((at) => at >= 0);
  if (end.length === 0 && tokens.length !== others.length) return false;
  return tokens.slice(0, Math.min(...end, tokens.length)).every((token, at) => {
    return token === others[at] || token === "*" || others[at] === "*";
  });
}

function matches(wide: string, narrow: string | undefined): boolean {
  return wide === narrow || (wide === "*" && narrow !== ">");
}
