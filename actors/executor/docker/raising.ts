import { z } from "zod";
import { EngineError, type EnvironmentSpec, type Raised } from "#actors/executor/engine.ts";
import { containerOf, type Given, wantedOf } from "./container.ts";
import { asked, askedFor, type Daemon, statusOf } from "./daemon.ts";
import { endContainer } from "./lowering.ts";
import { LABELS, nameOf } from "./names.ts";
import type { WorkspaceKind } from "./options.ts";
import { hasWorkspace, haveWorkspace, releaseWorkspace, workspaceNotes } from "./workspace.ts";

/** Another one may make or remove the same container meanwhile; so often it is looked at again. */
const MOST_TRIES = 5;

const containerSchema = z.object({
  Id: z.string(),
  State: z.object({ Running: z.boolean(), Paused: z.boolean() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
});

type Container = z.output<typeof containerSchema>;

/** What is chosen for an environment that is made now. */
export type Choice = Given & { readonly kind: WorkspaceKind };

/** Has an environment there and running, whatever was left of it. Throws: EngineError. */
export async function raise(
  daemon: Daemon,
  spec: EnvironmentSpec,
  choose: () => Promise<Choice>,
  signal: AbortSignal,
): Promise<Raised> {
  let fresh: boolean | undefined;
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    const there = await containerNow(daemon, spec.env);
    const notes = async () => await workspaceNotes(daemon, spec.env);
    if (there?.State.Running) {
      return { notes: [...(await keptRunning(daemon, spec, there)), ...(await notes())], fresh: fresh ?? false };
    }
    fresh ??= !(await hasWorkspace(daemon, spec.env));
    if (there !== undefined) await endContainer(daemon, there.Id);
    try {
      return { notes: [...(await make(daemon, spec, await choose())), ...(await notes())], fresh };
    } catch (error) {
      const met = [404, 409].includes(statusOf(error) ?? 0) && !isMissingImage(error);
      if (!met || tries === MOST_TRIES) throw error;
    }
  }
}

async function keptRunning({ api }: Daemon, spec: EnvironmentSpec, there: Container): Promise<readonly string[]> {
  if (there.State.Paused) await asked("go on with a paused container", api.getContainer(there.Id).unpause());
  if (there.Config.Labels?.[LABELS.wanted] === wantedOf(spec)) return [];
  return ["It runs already, with the bounds it was raised with; take it down to have it with others."];
}

async function make(daemon: Daemon, spec: EnvironmentSpec, choice: Choice): Promise<readonly string[]> {
  await haveWorkspace(daemon, spec.env, spec.bounds.diskMb, choice.kind);
  const container = await create(daemon, spec, choice);
  try {
    await asked("start a container", container.start(), "refused");
  } catch (error) {
    await endContainer(daemon, container.id).catch(() => {});
    if (!(choice.init && error instanceof Error && /docker-init/.test(error.message))) throw error;
    const notes = await make(daemon, spec, { ...choice, init: false });
    return [...notes, "Docker has no docker-init here: processes that end without their parent stay in the count."];
  }
  await releaseWorkspace(daemon, spec.env);
  if (spec.bounds.cpus <= choice.cpus) return [];
  return [`It has ${choice.cpus} CPUs, which is all that there are, and not ${spec.bounds.cpus}.`];
}

async function create({ api, options }: Daemon, spec: EnvironmentSpec, given: Given) {
  try {
    return await asked("make a container", api.createContainer(containerOf(spec, options, given)), "refused");
  } catch (error) {
    if (!isMissingImage(error)) throw error;
    throw missingImage(spec.image ?? options.image, options.image, { cause: error });
  }
}

/** An image that is not there; ours can be built. */
export function missingImage(image: string, ours: string, options?: ErrorOptions): EngineError {
  const remedy = image === ours ? "`thalassa setup executor` builds it" : `\`docker pull ${image}\` fetches it`;
  return new EngineError("refused", `the image ${image} is not there; ${remedy}`, options);
}

function isMissingImage(error: unknown): boolean {
  return statusOf(error) === 404 && error instanceof Error && /no such image/i.test(error.message);
}

async function containerNow({ api, options }: Daemon, env: string): Promise<Container | undefined> {
  const answer = await askedFor("look at a container", api.getContainer(nameOf(env)).inspect());
  if (answer === undefined) return undefined;
  const container = containerSchema.parse(answer);
  if (container.Config.Labels?.[LABELS.executor] === options.executor) return container;
  throw new EngineError("refused", `the container ${nameOf(env)} belongs to somebody else; remove or rename it`);
}
