export { BUILT_IN, FRESH_MS, type Prompts, type PromptText, promptsFrom } from "./prompts.ts";
export { systemOf } from "./system.ts";
export { builtInText, TEXT_NAMES, THINKING } from "./texts.ts";
