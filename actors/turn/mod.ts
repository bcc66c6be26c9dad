export { chargeSends } from "./charge.ts";
export {
  beganBy,
  CONVERSATION_VERSION,
  type Conversation,
  depthAfter,
  emptyConversation,
  heardIn,
  isFull,
  MAX_CALL_LINES,
  MAX_WAITING_LINES,
  MAX_WINDOW_LENGTH,
  MAX_WINDOW_LINES,
  refsIn,
  speakersIn,
  type Work,
} from "./conversation.ts";
export type { Used } from "./failed-call.ts";
export { foldConversation } from "./fold.ts";
export { bounded, type Call, callsIn, type Line, lengthOf, type Pictures, REPLY, settledLine } from "./line.ts";
export { LOOK_BACK, type LookBack, lookBack, lookBackInput } from "./look-back.ts";
export { CONVERSATION } from "./past.ts";
export { picturesWanted } from "./pictures.ts";
export { type Prompt, promptOf, type Window, windowOf, workNote } from "./prompt.ts";
export { STATUS_TOOL, setStatus, statusInput } from "./set-status.ts";
export { shownResult } from "./shown-result.ts";
export { endedIn, type StepEnd, type StepFailure } from "./step-end.ts";
export { type Brought, type Denied, isTooLarge, MAX_ANSWER_BYTES, type Thought } from "./thought.ts";
export {
  offered,
  type Settled,
  settleCalls,
  type Toolbox,
  type ToolSpec,
  wellSettled,
} from "./tools.ts";
export { answered, isUsing, stepsOf, type Turn, type TurnStep, turnOf, used } from "./turn.ts";
