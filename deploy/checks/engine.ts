import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { ExecutorOptions } from "#actors/executor/options.ts";
import { USUAL_PREVIEW_PORT } from "#actors/executor/rules.ts";
import { type EngineHere, lookHere } from "#deploy/environments/looking.ts";
import { whyNoEnvironments } from "#deploy/environments/missing.ts";
import { hasCode, reasonOf } from "#deploy/errors.ts";
import { homeRoot } from "#deploy/home.ts";
import { workspaceImageState } from "#deploy/images/workspace-image.ts";
import { holderOf } from "#deploy/ports.ts";
import { bad, type Finding, good, warn } from "./finding.ts";

const SETUP = "run thalassa setup executor, which says what is missing, or builds it";

/** What environments of jobs are made of on this host, and which of their bounds are kept less well. */
export async function checkEngine(
  options: ExecutorOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly Finding[]> {
  const looked = await lookHere(options, env);
  const why = whyNoEnvironments(looked);
  if (why !== undefined) {
    const message = `jobs can run nothing here: ${why}`;
    return [options.engine === "auto" ? warn("engine", message, SETUP) : bad("engine", message, SETUP)];
  }
  const taken = looked.filter(({ problem }) => problem === undefined);
  return (await Promise.all(taken.map((engine) => findingsOf(engine, options, env)))).flat();
}

async function findingsOf(
  { engine, version, notes }: EngineHere,
  { image }: ExecutorOptions,
  env: NodeJS.ProcessEnv,
): Promise<readonly Finding[]> {
  const named = `${engine}${version === undefined ? "" : ` ${version}`}`;
  const less = notes.map((note) =>
    warn("engine", `kept less well by ${engine} here: ${note}`, "nothing, if that is enough; see docs/environments.md"),
  );
  if (engine === "bubblewrap") return [good("engine", `${named}, with the programs of this host`), ...less];
  if (image !== undefined) return [good("engine", `${named}, image ${image} by setting`), ...less];
  return [await imageOf(named, env), ...less];
}

async function imageOf(engine: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const state = await workspaceImageState(env);
    if (state === "current") return good("engine", `${engine}, image as this version has it`);
    const message = `${engine}, and the image is ${state === "missing" ? "missing" : "that of another version"}`;
    return warn("engine", message, "thalassa setup executor builds it");
  } catch (error) {
    return warn("engine", `${engine}; its image cannot be looked at: ${reasonOf(error)}`, SETUP);
  }
}

/** Previews can be reached where they are to be. */
export async function checkPreviews(
  { previews: { host, port: set } }: Pick<ExecutorOptions, "previews">,
  home: { readonly root: string },
): Promise<readonly Finding[]> {
  const port = set ?? USUAL_PREVIEW_PORT;
  if (port === 0) return [good("previews", `on a free port of ${host}, opened with the first one`)];
  const reach = host === "127.0.0.1" || host === "::1" || host === "localhost" ? "" : "; others reach it too";
  try {
    await listenOnce(host, port);
    return [good("previews", `${host} port ${port} is free; opened with the first one${reach}`)];
  } catch (error) {
    const other = "set preview.port to another one, or 0 for any: thalassa config set preview.port 0";
    if (!hasCode(error, "EADDRINUSE")) {
      return [bad("previews", `nothing can listen on ${host} port ${port}: ${reasonOf(error)}`, other)];
    }
    const holder = holderOf(port);
    if (holder !== undefined && homeOf(holder.pid) === home.root) {
      return [good("previews", `served on ${host} port ${port}${reach}`)];
    }
    const by = holder === undefined ? "another program" : `process ${holder.pid} (${holder.command})`;
    if (set === undefined) {
      return [good("previews", `on a free port of ${host}, opened with the first one: ${port} is taken by ${by}`)];
    }
    return [warn("previews", `${host} port ${port} is taken by ${by}; previews here would find no place`, other)];
  }
}

function listenOnce(host: string, port: number): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => server.close(() => resolve()));
  });
}

/** The home that a process of this user was started with, where the system tells. */
function homeOf(pid: number): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    const pairs = variables.map((each) => [each.split("=", 1)[0] ?? "", each.slice(each.indexOf("=") + 1)]);
    return homeRoot(Object.fromEntries(pairs));
  } catch {
    return undefined;
  }
}
