import type { Plan } from "#deploy/architecture-doc.ts";
import { LAYERS, type Layer, layerOf } from "#deploy/layers.ts";
import { arrow, drawing, node } from "./mermaid.ts";

/** Every room, what stands there, and what it may import by value. */
export function layersDrawing({ layers }: Plan): string {
  const rows = layers.map(({ room, holds, packages }) => `| \`${room}\` | ${holds} | ${listed(packages)} |`);
  return [
    drawing("flowchart TB", [
      ...layers.map(({ room, holds }) => node(room, "box", `${room}<br/>${holds}`)),
      ...layers.flatMap(arrowsOf),
    ]),
    "",
    "| room | is it about … | packages it may import |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** Where only one file may be imported, the arrow says which. */
function arrowsOf({ room, ours }: Layer): readonly string[] {
  return ours.flatMap((path) => {
    const file = path.slice(path.lastIndexOf("/") + 1);
    return roomsUnder(path).map((to) => arrow(room, to, file));
  });
}

function roomsUnder(path: string): readonly string[] {
  const exact = layerOf(path.endsWith("/") ? `${path}x` : path)?.room;
  if (exact !== undefined) return [exact];
  return LAYERS.map(({ room }) => room).filter((room) => room.startsWith(path));
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" ");
}
