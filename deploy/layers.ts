/** A room of the code, and what it may import by value besides what stands in the room itself. */
export type Layer = {
  /** Shape: `actors/*`, where `*` is one folder's name; the first layer that fits a path is its layer. */
  readonly room: string;
  /** What a line has to be about to stand here. */
  readonly holds: string;
  /** Folders and files of ours. */
  readonly ours: readonly string[];
  /** Packages, as the beginnings of their names. */
  readonly packages: readonly string[];
};

/** The face of the runtime: all of it that others need. */
const RUNTIME = "actors/runtime/mod.ts";

/** What is set about models, as data. */
const MODEL_SETTINGS = ["options", "chain", "servers", "prices", "limits"].map((file) => `actors/models/${file}.ts`);

/** The direction of all imports; a test holds it, and the drawing in docs/architecture.md follows it. */
export const LAYERS: readonly Layer[] = [
  { room: "subjects", holds: "names and shapes on the wire", ours: [], packages: ["zod"] },
  {
    room: "actors/runtime",
    holds: "what survives a crash",
    ours: ["subjects/"],
    packages: ["@nats-io/", "node:", "zod", "pino"],
  },
  {
    room: "actors/models",
    holds: "what thinks for those that think",
    ours: ["subjects/"],
    packages: ["@anthropic-ai/", "openai", "node:", "zod"],
  },
  {
    room: "actors/prompts",
    holds: "who the agents are, in words",
    ours: ["subjects/"],
    packages: ["node:"],
  },
  {
    room: "actors/policy",
    holds: "what may be done, by whom; pure",
    ours: ["subjects/"],
    packages: ["unbash"],
  },
  {
    room: "actors/turn",
    holds: "think, tool, think, folded from a log; pure",
    ours: ["subjects/", "actors/models/mod.ts"],
    packages: ["zod"],
  },
  {
    room: "actors/thinking",
    holds: "the hands of all that think",
    ours: ["subjects/", RUNTIME, "actors/models/mod.ts", "actors/prompts/mod.ts", "actors/turn/mod.ts"],
    packages: ["node:"],
  },
  {
    room: "actors/executor",
    holds: "environments of one host, on an engine",
    ours: ["subjects/", RUNTIME],
    packages: ["node:", "zod", "dockerode"],
  },
  {
    room: "actors/*",
    holds: "the rules of one kind",
    ours: [
      ...["subjects/", RUNTIME],
      ...["models", "policy", "prompts", "turn", "thinking"].map((room) => `actors/${room}/mod.ts`),
    ],
    packages: ["node:", "zod"],
  },
  {
    room: "bridges/conversation",
    holds: "what all who talk to a channel share",
    ours: ["subjects/", RUNTIME],
    packages: ["zod"],
  },
  {
    room: "bridges/http",
    holds: "scripts and browsers",
    ours: ["subjects/", RUNTIME, "bridges/conversation/"],
    packages: ["@hono/", "hono", "rate-limiter-flexible", "node:", "zod"],
  },
  {
    room: "bridges/telegram",
    holds: "people at Telegram; a kind of actors",
    ours: ["subjects/", RUNTIME, "actors/policy/mod.ts"],
    packages: ["grammy", "@gramio/format", "file-type", "marked", "@hono/", "hono", "node:", "zod"],
  },
  {
    room: "bridges/*",
    holds: "one other outside party",
    ours: ["subjects/", RUNTIME, "bridges/conversation/"],
    packages: ["@nats-io/", "node:", "zod", "commander"],
  },
  {
    room: "deploy",
    holds: "what starts, stops, installs and checks",
    ours: [
      "subjects/",
      "actors/runtime/",
      ...MODEL_SETTINGS,
      "actors/policy/mod.ts",
      "actors/cortex/slot-limits.ts",
      "actors/executor/docker/image.ts",
      "actors/executor/engines.ts",
      "actors/executor/options.ts",
      "actors/worker/rules.ts",
      "actors/executor/rules.ts",
      "actors/prompts/mod.ts",
      "bridges/",
    ],
    packages: [
      ...["@nats-io/", "node:", "zod", "commander", "pino"],
      ...["smol-toml", "@clack/prompts", "@bomb.sh/tab", "microdiff", "grammy"],
    ],
  },
];

/** The layer of a path in the repository; undefined for one that belongs to none. */
export function layerOf(path: string): Layer | undefined {
  return LAYERS.find(({ room }) => new RegExp(`^${room.replace("*", "[^/]+")}/`).test(path));
}
