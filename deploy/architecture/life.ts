import type { channelContract } from "#subjects/channel.ts";
import { HEADERS } from "#subjects/headers.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import { commitFilter, commitSubject, subjectOf } from "#subjects/planes.ts";
import { kindStreams, logStream, mailStream } from "#subjects/streams.ts";
import { drawing } from "./mermaid.ts";

/** The conversation whose message is followed. */
const HERE: Address = "main.channel.terminal-default";

/** Where its events stand in the log, for the sake of the drawing. */
const SEQ = { heard: 41, said: 42 } as const;

type Names = {
  readonly verb: keyof typeof channelContract.mail;
  readonly heard: keyof typeof channelContract.events;
  readonly said: keyof typeof channelContract.events;
  readonly status: keyof typeof channelContract.live;
  readonly delta: keyof typeof channelContract.live;
  readonly view: (typeof channelContract.views)[number];
};

const NAMES: Names = { verb: "hear", heard: "heard", said: "said", status: "status", delta: "delta", view: "channels" };

/** One message from the terminal to its answer, with every subject it touches. */
export function lifeDrawing(): string {
  const { kind, agent, id } = parseAddress(HERE);
  const { verb, heard, said, status, delta, view } = NAMES;
  const told = (event: string): string => `L-->>T: told: ${subjectOf(HERE, "log", event)}`;
  return drawing("sequenceDiagram", [
    "participant T as terminal (EDGE)",
    `participant M as ${mailStream(kind)}`,
    `participant C as process of kind ${kind}`,
    `participant L as ${logStream(kind)}`,
    "participant K as KV STATE, VIEWS",
    `T->>M: ${subjectOf(HERE, "in", verb)}, named by ${HEADERS.id}`,
    `Note over M: stored as ${storedMail(kind, verb)}, P one of its partitions`,
    "M-->>T: stored",
    `M->>C: pulled by consumer ${kind}-P-REVISION, which the claim of P names`,
    `Note over C: not in memory: activation reads $KV.STATE.${HERE}<br/>and the last of ${commitFilter(HERE)} from the leader, then what lies between`,
    "Note over C: decide: handled before? no: one event",
    `C->>L: ${commitSubject(HERE, heard)}, only if the last of the actor is still the one we know`,
    `L-->>C: stored at ${SEQ.heard}`,
    told(heard),
    `Note over C: steps(state) has think-${SEQ.heard}: it runs. The mail stays unacknowledged: the alarm clock`,
    `C-->>T: ${subjectOf(HERE, "live", status)}, then ${subjectOf(HERE, "live", delta)} again and again, stored nowhere`,
    "Note over C: the step's outcome is the next input",
    `C->>L: ${commitSubject(HERE, said)} { answers: [${SEQ.heard}] }, fenced by ${SEQ.heard}`,
    `L-->>C: stored at ${SEQ.said}`,
    told(said),
    `C->>K: $KV.VIEWS.${view}.${agent}.${id}, made from ${SEQ.said}, unless a later one stands there`,
    "Note over C: no step is wanted any more: at rest",
    "C->>M: acknowledged, and so gone from the queue",
  ]);
}

/** The subject under which mail lies once the server has added its partition. */
function storedMail(kind: string, verb: string): string {
  const { agent, id } = parseAddress(HERE);
  const to = kindStreams({ kind }).find(({ name }) => name === mailStream(kind))?.transform?.to ?? "";
  const tokens = [agent, id, verb];
  return to
    .replace(/\{\{partition[^}]*\}\}/, "P")
    .replace(/\{\{wildcard\((\d)\)\}\}/g, (_, at) => tokens[at - 1] ?? "");
}
