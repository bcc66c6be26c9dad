import type { Ordered } from "#subjects/order.ts";
import { type Deed, ENVIRONMENT, type World } from "./deed.ts";
import { hostAct } from "./host.ts";
import { normalised } from "./place.ts";
import { deedsOf, shown } from "./shell.ts";
import { literal } from "./word.ts";

/** Options by which a shell runs the text that comes next, and nothing else that is not in it. */
const RUNS_TEXT = /^-l?c$/;

/** What an order to an executor would do in its environment. Never throws, whatever the order holds. */
export function deedsOfOrder(order: Ordered, world: World = ENVIRONMENT): readonly Deed[] {
  switch (order.verb) {
    case "exec":
      return deedsOf(lineOf(order.data.argv), order.data.cwd === undefined ? world : { ...world, cwd: order.data.cwd });
    case "file":
      return [deedOfFile(order.data.does, world)];
    case "get":
      return [at("read", "itself", `get ${order.data.path}`, { path: order.data.path, world })];
    case "put":
      return [at("write", "itself", `put ${order.data.path}`, { path: order.data.path, world })];
    case "preview":
      return [{ class: "network", part: `preview ${order.data.port}`, because: "others reach what listens there" }];
    case "admit":
      return order.data.hosts.map((host) => letIn(host));
  }
}

/** What a program is started with, as a line of shell that does the same. */
function lineOf(argv: readonly string[]): string {
  const [program = "", option = "", text] = argv;
  if (argv.length === 3 && text !== undefined && /^(?:\/bin\/)?(?:ba)?sh$/.test(program) && RUNS_TEXT.test(option)) {
    return text;
  }
  return argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}

type FileWork = Extract<Ordered, { verb: "file" }>["data"]["does"];

function deedOfFile(does: FileWork, world: World): Deed {
  const isRead = does.type === "read" || does.type === "list" || does.type === "search";
  const reach = does.type === "list" || does.type === "search" ? "tree" : "itself";
  return at(isRead ? "read" : "write", reach, `${does.type} ${does.path}`, { path: does.path, world });
}

type Named = { readonly path: string; readonly world: World };

function at(does: "read" | "write", reach: "itself" | "tree", part: string, { path, world }: Named): Deed {
  return { class: does, part: shown(part), place: { at: normalised(path, normalised(world.workspace, "/")), reach } };
}

function letIn(host: string): Deed {
  const isSixth = /^[\da-f]*:[\da-f.]*:[\da-f:.]*$/i.test(host);
  const { host: named } = hostAct("network", literal(isSixth ? `[${host}]` : host), "web");
  return { class: "network", part: shown(`admit ${host}`), host: { name: named?.name, isLetIn: true } };
}
