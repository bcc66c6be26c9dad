export type {
  AnyEvent,
  AnyKind,
  Foldable,
  Input,
  Kind,
  MailInput,
  Placed,
  Refusal,
  Send,
  Step,
  StepInput,
  Tools,
} from "./actor.ts";
export type { ArtifactInfo, ArtifactReader, Artifacts, OpenArtifact } from "./artifact.ts";
export type { ProcessStatus } from "./asks.ts";
export type { Entry } from "./bucket-entry.ts";
export type { LogRecord } from "./bus.ts";
export { Client, type Posting } from "./client.ts";
export { type BusAccess, BusUnreachable, connectToBus } from "./connection.ts";
export { Closed, NotAllowed } from "./errors.ts";
export type { Follow, Follower } from "./follower.ts";
export type { Ears, Hearing } from "./hearing.ts";
export { foldAll } from "./lineage.ts";
export type { Logger } from "./logger.ts";
export { type KindOffers, runClient, runKind, runKindOf, type Service } from "./process.ts";
export type { SharedEntries } from "./shared-entries.ts";
