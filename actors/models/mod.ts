export { askFor, type Got } from "./ask-for.ts";
export { type BudgetPort, BudgetSpent, type Budgets, budgetsFrom, type Spender } from "./budget.ts";
export { OFFLINE, type Thinker } from "./chain.ts";
export { type Cooldowns, type Entries, ownCooldowns, sharedCooldowns } from "./cooldowns.ts";
export { ModelFailed } from "./failure.ts";
export { fileText, isPicture, PICTURE_TOKENS, pictureOf } from "./files.ts";
export { limitsFrom } from "./limits.ts";
export { type Models, type ModelsPort, modelsFrom } from "./models.ts";
export {
  type Answer,
  type AnswerPart,
  type ImagePart,
  type KeptPart,
  type MalformedCall,
  type Message,
  type TextPart,
  type Tool,
  type ToolCall,
  type ToolResult,
  textOf,
  toolOf,
  type Unseen,
  type Usage,
} from "./provider.ts";
export type { Call } from "./router.ts";
export { estimatedTokens } from "./tokens.ts";
