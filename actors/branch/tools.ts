import { LOOK_BACK, lookBack, STATUS_TOOL, setStatus, type Toolbox } from "#actors/turn/mod.ts";

/** The tools of a branch, in the order in which models are told of them. */
export const BRANCH_TOOLS: Toolbox<undefined> = { [LOOK_BACK]: lookBack, [STATUS_TOOL]: setStatus };
