export {
  type Address,
  type AddressParts,
  addressOf,
  DEFAULT_AGENT,
  parseAddress,
  resolveChannel,
} from "./address.ts";
export type { Account, ClientContract, EventOf, KindContract, MailOf } from "./contract.ts";
export { decodePrev, encodePrev, HEADERS, PREV_LENGTH } from "./headers.ts";
export { CLIENTS, KINDS, OPERATOR, TAP } from "./kinds.ts";
export { allRights, inboxPrefix, type Rights } from "./permissions.ts";
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
  GONE_SUBJECT,
  probeSubject,
  RESUMED,
  RETURNS,
  resumedSchema,
  returnedSchema,
} from "./runtime.ts";
export {
  ARTIFACTS,
  BUCKETS,
  type BucketSpec,
  DEAD,
  type FeedSpec,
  kindStreams,
  logStream,
  MAX_MAIL_BYTES,
  MAX_PAYLOAD_BYTES,
  mailStream,
  PARTITIONS,
  partitionFilter,
  SHARED_STREAMS,
  type StreamSpec,
  timerStream,
} from "./streams.ts";
export { BadToken, decodeToken, encodeToken, isToken, MAX_TOKEN } from "./token.ts";
export { formatTraceparent, parseTraceparent, spanOf, type Trace } from "./trace.ts";
export { type Who, whoSchema } from "./who.ts";
