import type { KV } from "@nats-io/kv";
import { connectAs, findBus } from "#deploy/access.ts";
import { BadUse } from "#deploy/failure.ts";
import { checkAgentName, createAgent, deleteAgent, listAgents, requireKnown } from "#deploy/identity/agents.ts";
import { changeBindings, checkPattern, readBindings } from "#deploy/identity/bindings.ts";
import { openPrompts } from "#deploy/identity/bucket.ts";
import { askTold, askWhether } from "#deploy/identity/questions.ts";
import { calledAfter, type Told, textsFrom } from "#deploy/identity/template.ts";
import { table } from "#deploy/table.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { isAlwaysThere } from "#subjects/prompts.ts";

type Options = { readonly json?: true };

/** Lists the agents, and which channels are bound to whom. */
export async function listAll(options: Options): Promise<number> {
  return await withPrompts(async (prompts) => {
    const [agents, bindings] = [await listAgents(prompts), await readBindings(prompts)];
    const known = agents.map(({ name, entry, ownTexts }) => {
      const bound = bindings.filter(({ agent }) => agent === name).map(({ pattern }) => pattern);
      return { name, ...entry, ownTexts, bound };
    });
    if (options.json) {
      for (const agent of known) print(JSON.stringify(agent));
      return 0;
    }
    const rows = known.map(({ name, createdAt, ownTexts, bound, about = "" }) => [
      name,
      createdAt === undefined ? "always" : new Date(createdAt).toISOString().slice(0, 10),
      ownTexts.join(" ") || "-",
      bound.join(" ") || "-",
      about,
    ]);
    for (const line of table(["AGENT", "SINCE", "OWN TEXTS", "BOUND", "ABOUT"], rows)) print(line);
    return 0;
  });
}

/** Makes an agent from what the options say; a person at a terminal is asked for the rest. */
export async function create(name: string, options: Options & Partial<Told>): Promise<number> {
  checkAgentName(name);
  const { json, ...told } = options;
  const asks = process.stdin.isTTY && process.stdout.isTTY && !json && Object.keys(told).length === 0;
  return await withPrompts(async (prompts) => {
    const all = asks ? await askTold(name, told) : { called: calledAfter(name), about: "", ...told };
    if (all === undefined) {
      process.stderr.write("thalassa: nothing was made\n");
      return 1;
    }
    const texts = textsFrom(all);
    await createAgent(prompts, name, { createdAt: Date.now(), about: all.about }, texts);
    const own = Object.keys(texts);
    print(
      json
        ? JSON.stringify({ name, about: all.about, ownTexts: own })
        : `agent ${name} is made, with texts of its own: ${own.join(", ")}`,
    );
    if (!json)
      print(
        `talk to it with thalassa chat --agent ${name}; thalassa identity edit SOUL --agent ${name} changes a text`,
      );
    return 0;
  });
}

/** Takes an agent away, once somebody has said that it is meant; its logs stay. */
export async function remove(name: string, options: Options & { readonly yes?: true }): Promise<number> {
  if (isAlwaysThere(name)) {
    throw new BadUse(`agent ${name} is always there`, "thalassa identity reset takes its own texts away");
  }
  if (!options.yes && !(process.stdin.isTTY && process.stdout.isTTY)) {
    throw new BadUse(`whether ${name} is to be deleted was not said`, "add --yes");
  }
  return await withPrompts(async (prompts) => {
    await requireKnown(prompts, name);
    if (!options.yes && !(await askWhether(`Delete agent ${name}, its texts and its bindings?`))) {
      process.stderr.write("thalassa: nothing was deleted\n");
      return 1;
    }
    const gone = await deleteAgent(prompts, name);
    const told = `agent ${name} is deleted; texts gone with it: ${gone.texts}, bindings: ${gone.bindings}`;
    print(options.json ? JSON.stringify({ name, ...gone }) : told);
    if (!options.json) print(`what it said stays: thalassa log ${name}.channel.ID, thalassa tap 'thalassa.${name}.>'`);
    return 0;
  });
}

/** Binds channels to an agent: whoever names one without an agent means that one. */
export async function bind(pattern: string, agent: string, options: Options): Promise<number> {
  checkPattern(pattern);
  return await withPrompts(async (prompts) => {
    await requireKnown(prompts, agent);
    await changeBindings(prompts, (all) => [...all.filter((each) => each.pattern !== pattern), { pattern, agent }]);
    print(options.json ? JSON.stringify({ pattern, agent }) : `channels ${pattern} are agent ${agent}'s`);
    return 0;
  });
}

/** Takes a binding away. */
export async function unbind(pattern: string, options: Options): Promise<number> {
  return await withPrompts(async (prompts) => {
    const { removed } = await changeBindings(prompts, (all) => all.filter((each) => each.pattern !== pattern));
    if (removed === 0) throw new BadUse(`nothing is bound as ${pattern}`, "thalassa agents list shows what is");
    print(options.json ? JSON.stringify({ pattern, removed }) : `channels ${pattern} are no agent's in particular`);
    return 0;
  });
}

async function withPrompts(act: (prompts: KV) => Promise<number>): Promise<number> {
  await using operator = await connectAs(OPERATOR, findBus());
  return await act(await openPrompts(operator));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
