export {
  type Address,
  addressOf,
  DEFAULT_AGENT,
  isAddress,
  parseAddress,
  resolveChannel,
} from "./address.ts";
export type { EventOf, KindContract, MailOf } from "./contract.ts";
export { decodePrev, encodePrev, HEADERS, PREV_LENGTH } from "./headers.ts";
export { CLIENTS, KINDS, OPERATOR, TAP } from "./kinds.ts";
export { inboxPrefix } from "./permissions.ts";
export {
  commitFilter,
  commitSubject,
  dueSubject,
  PLANES,
  type Plane,
  parseCommit,
  parseSubject,
  planeFilter,
  subjectOf,
} from "./planes.ts";
export {
  beatSubject,
  type DeadLetter,
  deadLetterSchema,
  FORK,
  FORKED,
  type Fork,
  forkSchema,
  GONE_SUBJECT,
  type Moment,
  probeSubject,
  REFUSAL,
  RESUMED,
  RETURNS,
  resumedSchema,
  returnedSchema,
  STATE,
  stateAnswerSchema,
  stateQuestionSchema,
} from "./runtime.ts";
export {
  ARTIFACT_STREAM,
  ARTIFACTS,
  artifactChunks,
  artifactEntry,
  DEAD,
  logStream,
  MAX_MAIL_BYTES,
  MAX_PAYLOAD_BYTES,
  mailStream,
  PARTITIONS,
  paddedBase64,
  partitionFilter,
} from "./streams.ts";
export { encodeToken, isToken } from "./token.ts";
export { formatTraceparent, parseTraceparent, spanOf, type Trace } from "./trace.ts";
export { readEvent, upgraded } from "./upgrade.ts";
export type { Who } from "./who.ts";
