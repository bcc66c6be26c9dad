export { composeAnswer } from "./answer.ts";
export { OFFLINE, offlineModel } from "./offline.ts";
export { type OfflineOptions, offlineFromEnvironment } from "./options.ts";
export { type Answer, type Line, type Provider, type ThinkRequest, UnknownModel, type Window } from "./provider.ts";
