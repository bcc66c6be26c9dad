import { z } from "zod";
import { STATUS_TOOL, setStatus, type Toolbox, type ToolSpec } from "#actors/turn/mod.ts";
import { ORDERS, type Ordered } from "#subjects/order.ts";

/** What a call of a worker's tools is judged by. */
export type ToolContext = { readonly env: string };

/** Longest that one program may run. Units: s. */
const MAX_SECONDS = 3_600;

const DEFAULT_SECONDS = 120;

/** Longest that a preview lives. Units: min. */
const MAX_PREVIEW_MINUTES = 1_440;

const seconds = z
  .number()
  .int()
  .min(1)
  .max(MAX_SECONDS)
  .default(DEFAULT_SECONDS)
  .describe("Seconds after which it is ended with all that it began.");

const path = z.string().min(1).max(4_096).describe("From the workspace.");

/** Inputs of the tools. */
const INPUTS = {
  shell: z.object({
    command: z.string().min(1).max(65_536).describe("A line of bash, run in the workspace."),
    seconds,
  }),
  exec: z.object({ argv: ORDERS.exec.shape.argv, cwd: path.optional(), seconds }),
  file: ORDERS.file.shape.does,
  environment: z.discriminatedUnion("do", [
    z.object({ do: z.literal("status") }),
    z.object({
      do: z.literal("reach"),
      hosts: ORDERS.admit.shape.hosts.describe(
        "Names of hosts to be reached over HTTP or HTTPS, such as packages.example.",
      ),
    }),
  ]),
  preview: z.object({
    port: ORDERS.preview.shape.port.describe("The port of 127.0.0.1 that your server listens on."),
    minutes: z.number().int().min(1).max(MAX_PREVIEW_MINUTES).default(60),
  }),
  artifact: z.discriminatedUnion("do", [
    z.object({ do: z.literal("keep"), path }),
    z.object({ do: z.literal("fetch"), name: z.string().min(1).max(300), path }),
  ]),
} as const;

const ordering = (about: string, input: z.ZodType): ToolSpec<ToolContext> => ({ about, input });

/** The tools of a worker, in the order in which models are told of them. What is not settled at once is an order. */
export const WORKER_TOOLS: Toolbox<ToolContext> = {
  shell: ordering(
    "Run a line of bash in your environment. What it leaves running in the background goes on until the job ends.",
    INPUTS.shell,
  ),
  exec: ordering("Run one program with exactly these arguments, without a shell.", INPUTS.exec),
  file: ordering(
    "Read, write or edit a file of the workspace (an edit replaces text that stands there exactly once), list a folder, or search for text.",
    INPUTS.file,
  ),
  environment: {
    about:
      "Tells about your environment (do: status), or asks that hosts outside may be reached from it (do: reach): it has no network otherwise.",
    input: INPUTS.environment,
  },
  preview: ordering(
    "Make a port of your environment reachable for people, by an address that nobody can guess.",
    INPUTS.preview,
  ),
  artifact: ordering(
    "Keep a file of the workspace for people (do: keep), or fetch one that was kept or came with a message (do: fetch), by the name of its artifact.",
    INPUTS.artifact,
  ),
  [STATUS_TOOL]: setStatus,
};

/** The order that a call means; undefined for one that means none, or cannot be read. */
export function orderOf(
  name: string,
  input: unknown,
  { env, order }: { readonly env: string; readonly order: string },
): Ordered | undefined {
  const at = { env, order };
  switch (name) {
    case "shell": {
      const { data } = INPUTS.shell.safeParse(input);
      return data && exec(at, ["bash", "-c", data.command], data.seconds);
    }
    case "exec": {
      const { data } = INPUTS.exec.safeParse(input);
      return data && exec(at, data.argv, data.seconds, data.cwd);
    }
    case "file": {
      const { data } = INPUTS.file.safeParse(input);
      return data && { verb: "file", data: { ...at, does: data } };
    }
    case "environment": {
      const { data } = INPUTS.environment.safeParse(input);
      if (data === undefined) return undefined;
      if (data.do === "reach") return { verb: "admit", data: { ...at, hosts: data.hosts } };
      return exec(at, ["sh", "-c", STATUS_LINE], DEFAULT_SECONDS);
    }
    case "preview": {
      const { data } = INPUTS.preview.safeParse(input);
      return data && { verb: "preview", data: { ...at, ...data } };
    }
    case "artifact": {
      const { data } = INPUTS.artifact.safeParse(input);
      if (data === undefined) return undefined;
      if (data.do === "keep") return { verb: "get", data: { ...at, path: data.path } };
      return { verb: "put", data: { ...at, path: data.path, artifact: data.name } };
    }
    default:
      return undefined;
  }
}

/** What a worker wants to know of where it is. */
const STATUS_LINE =
  "echo system: $(uname -sm); echo user: $(id -un 2>/dev/null || id -u); echo room: $(df -h . | tail -1); " +
  "for each in bash git python3 node npm pip; do command -v $each >/dev/null && echo has: $each $($each --version 2>&1 | head -1); done; ls -la";

function exec(
  at: { readonly env: string; readonly order: string },
  argv: string[],
  seconds: number,
  cwd?: string,
): Ordered {
  return { verb: "exec", data: { ...at, argv, timeoutMs: seconds * 1_000, ...(cwd === undefined ? {} : { cwd }) } };
}
