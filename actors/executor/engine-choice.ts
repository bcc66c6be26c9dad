import type { Engine } from "./engine.ts";
import { EngineError } from "./engine.ts";

/** Ways to have an engine, the one that is preferred first. */
type Candidates = readonly [Engine, ...Engine[]];

/** No engine: everything is refused, and whoever looks is told why. Nothing is ever run without one. */
export function noEngine(problem: string): Engine {
  const refuse = (): Promise<never> => Promise.reject(new EngineError("engine", problem));
  return {
    name: "docker",
    probe: async () => ({ problem, notes: [] }),
    list: refuse,
    up: refuse,
    down: refuse,
    run: refuse,
    detach: refuse,
    connect: refuse,
    watch: () => silence(),
  };
}

/**
 * The first engine that can be used, chosen when one is first needed and tried again until there is one; after that it stays,
 * for environments live in it.
 */
export function firstUsable(candidates: Candidates): Engine {
  let chosen: Engine | undefined;
  const probe = async (): Promise<Awaited<ReturnType<Engine["probe"]>>> => {
    if (chosen !== undefined) return chosen.probe();
    const problems: string[] = [];
    for (const candidate of candidates) {
      const { problem, notes } = await candidate.probe();
      if (problem !== undefined) {
        problems.push(`${candidate.name}: ${problem}`);
        continue;
      }
      chosen ??= candidate;
      return { notes };
    }
    return { problem: problems.join("; "), notes: [] };
  };
  const used = async (): Promise<Engine> => {
    const { problem = "it was not found" } = chosen === undefined ? await probe() : {};
    return chosen ?? noEngine(problem);
  };
  return {
    get name() {
      return (chosen ?? candidates[0]).name;
    },
    probe,
    list: async () => (await used()).list(),
    up: async (spec, signal) => (await used()).up(spec, signal),
    down: async (env, options) => (await used()).down(env, options),
    run: async (env, argv, options) => (await used()).run(env, argv, options),
    detach: async (env, argv) => (await used()).detach(env, argv),
    connect: async (env, port) => (await used()).connect(env, port),
    async *watch(signal) {
      yield* (await used()).watch(signal);
    },
  };
}

async function* silence(): AsyncGenerator<never> {}
