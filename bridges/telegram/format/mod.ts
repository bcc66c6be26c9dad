/** What agents say, as messages of Telegram. */
export { captionOf, draftOf } from "./draft.ts";
export { type Form, type Part, partsOf, simpler } from "./parts.ts";
export { literal } from "./reading.ts";
