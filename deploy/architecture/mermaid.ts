/** A node: its id in the drawing follows from its name. Shape: `MAIL_CHANNEL[("MAIL_CHANNEL")]`. */
export function node(name: string, form: "box" | "store" | "actor" = "box", text: string = name): string {
  const [open, close] = { box: ["[", "]"], store: ["[(", ")]"], actor: ["([", "])"] }[form];
  return `${idOf(name)}${open}"${text}"${close}`;
}

/** Nodes that belong together. */
export function group(name: string, title: string, lines: readonly string[]): readonly string[] {
  return [`subgraph ${idOf(name)}["${title}"]`, ...lines.map((line) => `  ${line}`), "end"];
}

/** An arrow: solid for what is done, dotted for what is told or only looked at. */
export function arrow(from: string, to: string, label: string, form: "solid" | "dotted" | "thick" = "solid"): string {
  const line = { solid: "-->", dotted: "-.->", thick: "==>" }[form];
  return `${idOf(from)} ${line}${label === "" ? "" : `|"${label}"|`} ${idOf(to)}`;
}

/** A drawing that GitHub shows. */
export function drawing(kind: "flowchart LR" | "flowchart TB" | "sequenceDiagram", lines: readonly string[]): string {
  return ["```mermaid", kind, ...lines.map((line) => `  ${line}`), "```"].join("\n");
}

/** Words such as `end` and signs such as `/` mean something to the drawer. */
function idOf(name: string): string {
  return `n_${name.replaceAll("*", "each").replaceAll(/\W/g, "_")}`;
}
