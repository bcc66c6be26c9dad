import { type Address, parseAddress } from "./address.ts";
import { BadToken, isToken } from "./token.ts";

/** What each plane carries and whether the server keeps it: the middle of every subject. */
export const PLANES = {
  in: { carries: "mail to an actor", stored: "MAIL_<KIND>", name: "imperative verb" },
  log: { carries: "what happened to it, told after it is stored", stored: "LOG_<KIND>", name: "past tense" },
  live: { carries: "deltas, status and output as they come", stored: "nothing", name: "noun" },
  ask: { carries: "read-only request and reply", stored: "nothing", name: "noun or question" },
  at: { carries: "a timer waiting to become mail", stored: "TIMERS_<KIND>", name: "timer's name and its event's id" },
  dead: { carries: "mail that could not be handled, with its reason", stored: "DEAD", name: "the verb it was" },
} as const;

/** One of the six planes. */
export type Plane = keyof typeof PLANES;

/** A subject taken apart. */
export type SubjectParts = { readonly address: Address; readonly plane: Plane; readonly name: string };

/** The subject of one actor's plane. Shape: `thalassa.main.channel.terminal-default.in.hear`. Throws: BadToken. */
export function subjectOf(address: Address, plane: Plane, name: string): string {
  if (!isToken(name)) throw new BadToken(name, `it cannot be the last token of a subject on plane ${plane}`);
  return `thalassa.${address}.${plane}.${name}`;
}

/** Everything on one plane of an actor: what a follower listens to. */
export function planeFilter(address: Address, plane: Plane): string {
  return `thalassa.${address}.${plane}.*`;
}

/** Where an event is committed; the log stream stores it and tells it again as `subjectOf(address, "log", event)`. */
export function commitSubject(address: Address, event: string): string {
  return `commit.${address}.${event}`;
}

/** Every commit of one actor: what a fence is stated over. */
export function commitFilter(address: Address): string {
  return `commit.${address}.*`;
}

/** Where a timer's mail lands when it is due, inside the kind's timer stream, before the kind's mail stream takes it over. */
export function dueSubject(address: Address, verb: string): string {
  return `due.${address}.${verb}`;
}

/** Reads a subject of the contract. Throws: BadToken when it is none. */
export function parseSubject(subject: string): SubjectParts {
  const tokens = subject.split(".");
  const [root, agent, kind, id, plane, name] = tokens;
  if (root !== "thalassa" || tokens.length !== 6 || name === undefined || !isPlane(plane)) {
    throw new BadToken(subject, "a subject is thalassa.<agent>.<kind>.<id>.<plane>.<name>");
  }
  const address = `${agent}.${kind}.${id}` as Address;
  parseAddress(address);
  return { address, plane, name };
}

/** Reads where a stored event was committed: `commit.<agent>.<kind>.<id>.<event>`. Throws: BadToken. */
export function parseCommit(subject: string): { readonly address: Address; readonly event: string } {
  const [root, agent, kind, id, event, ...rest] = subject.split(".");
  if (root !== "commit" || event === undefined || rest.length > 0) {
    throw new BadToken(subject, "a commit is commit.<agent>.<kind>.<id>.<event>");
  }
  return { address: `${agent}.${kind}.${id}` as Address, event };
}

function isPlane(text: string | undefined): text is Plane {
  return text !== undefined && Object.hasOwn(PLANES, text);
}
