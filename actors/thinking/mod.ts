export { LiveWords } from "./live-words.ts";
export { thinkOn } from "./process.ts";
export { promptShown, type Question, type ThinkPort, think } from "./think.ts";
export { use } from "./use.ts";
