import { overlap } from "#deploy/accounts.ts";
import type { Plan } from "#deploy/architecture-doc.ts";
import { OPERATOR } from "#subjects/kinds.ts";
import { allRights, type Rights, subjectInCore } from "#subjects/permissions.ts";
import { ARTIFACTS, BUCKETS, kindStreams, SHARED_STREAMS, type StreamSpec } from "#subjects/streams.ts";
import { arrow, drawing, node } from "./mermaid.ts";

/** Something that keeps messages, by the name people use and the name of its stream. */
type Store = Pick<StreamSpec, "subjects" | "republish" | "source"> & { readonly name: string; readonly stream: string };

/** What a user may do with a store, as its rights have it. */
type Reach = { readonly writes: boolean; readonly pulls: boolean; readonly reads: boolean; readonly hears: boolean };

/** Who writes what, who takes mail, and who is told: without what is only read. */
export function flowsDrawing(plan: Plan): string {
  const stores = storesOf(plan);
  const users = usersOf(plan);
  const flows = users.flatMap((right) =>
    stores.flatMap((store) => {
      const { writes, pulls, hears } = reachOf(right, store);
      const { user } = right;
      const takes = pulls && plan.kinds.some(({ kind }) => kind === user);
      return [
        ...(writes ? [arrow(user, store.name, written(right, store))] : []),
        ...(takes ? [arrow(store.name, user, "one consumer a partition", "thick")] : []),
        ...(hears ? [arrow(store.name, user, "told again as …log.*", "dotted")] : []),
      ];
    }),
  );
  const sources = stores.flatMap(({ name, source }) =>
    source === undefined ? [] : [arrow(source.stream, name, "when due", "thick")],
  );
  const used = stores.filter((store) =>
    users.some((right) => {
      const { writes, hears } = reachOf(right, store);
      return writes || hears;
    }),
  );
  return drawing("flowchart LR", [
    ...users.map(({ user }) => node(user, "actor")),
    ...used.map(({ name }) => node(name, "store")),
    ...flows,
    ...sources,
  ]);
}

/** Every user and every store, with what the one may do to the other. */
export function reachTable(plan: Plan): string {
  const users = usersOf(plan);
  const rows = storesOf(plan).map((store) => [
    `\`${store.name}\``,
    ...users.map((right) => {
      const { writes, pulls, reads, hears } = reachOf(right, store);
      const can = [writes && "writes", pulls && "pulls", reads && "reads", hears && "hears"].filter(Boolean);
      return can.join(", ");
    }),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const head = ["kept in", ...users.map(({ user }) => `\`${user}\``)];
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function storesOf({ kinds }: Plan): readonly Store[] {
  return [
    ...[...kinds.flatMap(kindStreams), ...SHARED_STREAMS].map((spec) => ({ ...spec, stream: spec.name })),
    ...BUCKETS.map(({ name }) => ({ name: `KV ${name}`, stream: `KV_${name}`, subjects: [`$KV.${name}.>`] })),
    { name: ARTIFACTS.name, stream: `OBJ_${ARTIFACTS.name}`, subjects: [`$O.${ARTIFACTS.name}.>`] },
  ];
}

/** Without the operator, who may do everything. */
function usersOf({ kinds, clients }: Plan): readonly Rights[] {
  return allRights(kinds, clients).filter(({ user }) => user !== OPERATOR);
}

function reachOf({ publish, subscribe }: Rights, { stream, subjects, republish }: Store): Reach {
  const spoken = publish.map(subjectInCore);
  const calls = (...verbs: readonly string[]): boolean =>
    spoken.some((subject) => verbs.some((verb) => `${subject}.`.startsWith(`$JS.API.${verb}.${stream}.`)));
  const told = republish?.to.replaceAll(/\{\{[^}]*\}\}/g, "*");
  return {
    writes: spoken.some((subject) => subjects.some((kept) => overlap(subject, kept))),
    pulls: calls("CONSUMER.CREATE"),
    reads: calls("DIRECT.GET", "STREAM.MSG.GET"),
    hears: told !== undefined && subscribe.some((subject) => overlap(subject, told)),
  };
}

/** The last part of what is written: an event, a verb, a plane. */
function written({ publish }: Rights, { subjects }: Store): string {
  const spoken = publish.map(subjectInCore).filter((subject) => subjects.some((kept) => overlap(subject, kept)));
  return [...new Set(spoken.map(shortened))].join("<br/>");
}

function shortened(subject: string): string {
  const [root, , kind, , plane, name] = subject.split(".");
  if (root === "commit") return "commits events";
  if (root !== "thalassa") return "entries";
  return name === "*" ? `${plane} of ${kind}` : `${plane}.${name}`;
}
