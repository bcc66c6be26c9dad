export { composeAnswer } from "./answer.ts";
export { OFFLINE, offlineModel } from "./offline.ts";
export { offlineFromEnvironment } from "./options.ts";
export type { Line, Provider, Window } from "./provider.ts";
