import { type Crossing, crossings } from "#deploy/accounts.ts";
import type { Plan } from "#deploy/architecture-doc.ts";
import type { Account } from "#subjects/contract.ts";
import { OPERATOR } from "#subjects/kinds.ts";
import { allRights } from "#subjects/permissions.ts";
import { arrow, drawing, group, node } from "./mermaid.ts";

const TITLES: Readonly<Record<Account, string>> = {
  CORE: "CORE: streams, buckets and whoever is trusted with them",
  EDGE: "EDGE: whoever faces the outside",
  HANDS: "HANDS: whoever runs what models wrote",
  TAP: "TAP: whoever only looks",
};

/** Who lives in which account, and what crosses the borders. */
export function accountsDrawing({ kinds, clients }: Plan): string {
  const rights = allRights(kinds, clients);
  const lived = Map.groupBy(rights, ({ account }) => account);
  const borders = crossings(rights, kinds);
  return drawing("flowchart LR", [
    ...[...lived].flatMap(([account, users]) =>
      group(
        account,
        TITLES[account],
        users.map(({ user }) => node(user, "actor", user === OPERATOR ? `${user}, may do everything` : user)),
      ),
    ),
    ...[...Map.groupBy(borders, ({ type, from, to }) => `${type} ${from} ${to}`).values()].map(borderArrow),
  ]);
}

/** A service is called from where it is imported; a stream flows there. */
function borderArrow(same: readonly Crossing[]): string {
  const [{ type, from, to }] = same as readonly [Crossing];
  const what = [...new Set(same.map(({ subject }) => sortOf(subject)))].join("<br/>");
  return type === "service" ? arrow(to, from, what) : arrow(from, to, what, "dotted");
}

function sortOf(subject: string): string {
  const [root, api, , , plane, name] = subject.split(".");
  if (root === "$SRV" || plane === "ask") return "asks";
  if (root === "$JS" && api === "API") return "reads streams and buckets";
  if (root?.startsWith("_INBOX_")) return "what its own consumers push";
  return plane === "in" ? `mail: ${name}` : "is told what happens";
}
