export { DoorError, doorsOn } from "./doors.ts";
export { DOOR_ENV, doorArgv } from "./inside.ts";
export type { DoorOptions } from "./options.ts";
