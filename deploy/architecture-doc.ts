import type { ClientContract, KindContract } from "#subjects/contract.ts";
import { accountsDrawing } from "./architecture/accounts.ts";
import { layersDrawing } from "./architecture/layers.ts";
import { lifeDrawing } from "./architecture/life.ts";
import { flowsDrawing, reachTable } from "./architecture/streams.ts";
import type { Layer } from "./layers.ts";

/** What `docs/architecture.md` is drawn from. */
export type Plan = {
  readonly kinds: readonly KindContract[];
  readonly clients: readonly ClientContract[];
  readonly layers: readonly Layer[];
};

const DRAWINGS: Readonly<Record<string, (plan: Plan) => string>> = {
  accounts: accountsDrawing,
  life: lifeDrawing,
  streams: flowsDrawing,
  reach: reachTable,
  layers: layersDrawing,
};

/**
 * The page with every drawing made anew between its marks; the words around them are written by hand.
 * Throws: Error when the page has a drawing that nobody makes, or lacks one.
 */
export function architectureDoc(current: string, plan: Plan): string {
  const open = new Set(Object.keys(DRAWINGS));
  const page = current.replace(/(<!-- drawn: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin, name: string, end) => {
    const draw = DRAWINGS[name];
    if (draw === undefined || !open.delete(name)) {
      throw new Error(
        `docs/architecture.md has the drawing ${name} once too often; the drawings are ${Object.keys(DRAWINGS)}`,
      );
    }
    return `${begin}\n${draw(plan)}\n\n${end}`;
  });
  if (open.size === 0) return page;
  throw new Error(
    `docs/architecture.md lacks the drawing ${[...open].join(", ")}; put <!-- drawn: NAME --> and <!-- end --> there`,
  );
}
