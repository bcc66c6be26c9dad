import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { styleText } from "node:util";
import type { KV } from "@nats-io/kv";
import { z } from "zod";
import {
  type Asker,
  deedsOf,
  type HoldingRule,
  judge,
  parseRules,
  type Roles,
  roleOf,
  rolesFrom,
  rulesOf,
  type World,
} from "#actors/policy/mod.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { reasonOf } from "#deploy/errors.ts";
import { BadUse } from "#deploy/failure.ts";
import { requireKnown } from "#deploy/identity/agents.ts";
import { openPrompts, readEntry, removeEntry } from "#deploy/identity/bucket.ts";
import { titleOf } from "#deploy/identity/texts.ts";
import { kindVariables } from "#deploy/settings/here.ts";
import { table } from "#deploy/table.ts";
import type { Client } from "#runtime/mod.ts";
import { DEFAULT_AGENT, OPERATOR } from "#subjects/mod.ts";
import { type Effect, policyKey, type Rule, STANDINGS, type Standing } from "#subjects/policy.ts";
import { SHARED } from "#subjects/prompts.ts";
import { whoSchema } from "#subjects/who.ts";

/** Whose rules are meant. */
type Whose = { readonly agent?: string; readonly shared?: true; readonly json?: true };

/** Who would do what, where. */
type Trial = {
  readonly agent?: string;
  readonly as: string;
  readonly role?: Standing;
  readonly kind: string;
  readonly tool: string;
  readonly machine?: true;
  readonly workspace: string;
  readonly home?: string;
  readonly file?: string;
  readonly check?: true;
  readonly json?: true;
};

const WHERE = { environment: "in an environment:", machine: "on a machine:" } as const;

const COLOURS: Readonly<Record<Effect, "green" | "yellow" | "red">> = { allow: "green", ask: "yellow", deny: "red" };

/** Lists the rules that hold for an agent, or for all that have none of their own. */
export async function showRules(options: Whose): Promise<number> {
  return await withPolicy(options, async (prompts, owner) => {
    const rules = await holding(prompts, owner);
    if (options.json) {
      print(JSON.stringify({ of: owner, rules }));
      return 0;
    }
    const rows = rules.map((rule) => [rule.effect, rule.level, aboutWho(rule), aboutWhat(rule), rule.why]);
    for (const line of table(["RULE", "FROM", "WHO", "WHAT", "WHY"], rows)) print(line);
    return 0;
  });
}

/** Says whether a line may be run, and why. */
export async function testLine(line: string, options: Trial): Promise<number> {
  const { agent = DEFAULT_AGENT, file } = options;
  const world = worldOf(options);
  const wanted = askerOf(options);
  const { rules, roles } =
    file === undefined
      ? await withPolicy({ agent }, async (prompts, _, operator) => ({
          rules: await holding(prompts, agent),
          roles: rolesFrom(await kindVariables(operator)),
        }))
      : { rules: checked(await readFrom(file), file), roles: rolesFrom(process.env) };
  const asker: Asker = { ...wanted, role: wanted.role ?? roleIn(roles, wanted.user) };
  const answer = judge({ asker, deeds: deedsOf(line, world), world }, rules);
  if (options.json) print(JSON.stringify({ ...answer, line, asker }));
  else {
    print(`${styleText(COLOURS[answer.effect], answer.effect)}  ${line}`);
    for (const { effect, rule, because } of answer.reasons)
      print(`  ${effect.padEnd(5)}  ${because}\n         ${rule}`);
  }
  return options.check && answer.effect !== "allow" ? 1 : 0;
}

/** Stores rules from a file. */
export async function setRules(options: Whose & { readonly file: string }): Promise<number> {
  const rules = checked(await readFrom(options.file), options.file);
  return await withPolicy(options, async (prompts, owner) => {
    await prompts.put(policyKey(owner), JSON.stringify({ rules }));
    const told = `the policy of ${titleOf(owner)} is set; rules: ${rules.length}`;
    print(options.json ? JSON.stringify({ of: owner, rules: rules.length }) : told);
    const wide = rules.filter((rule) => rule.effect === "allow" && rule.classes === undefined);
    for (const { why } of wide) process.stderr.write(`thalassa: this rule allows every class of deed: ${why}\n`);
    return 0;
  });
}

/** Takes an owner's rules away. */
export async function resetRules(options: Whose): Promise<number> {
  return await withPolicy(options, async (prompts, owner) => {
    const changed = await removeEntry(prompts, policyKey(owner));
    const left = owner === SHARED ? "the built-in rules hold" : "it has no rules of its own";
    const told = `the policy of ${titleOf(owner)} is ${changed ? "now" : "already"} gone: ${left}`;
    print(options.json ? JSON.stringify({ of: owner, changed }) : told);
    return 0;
  });
}

async function withPolicy<Result>(
  { agent, shared }: Whose,
  act: (prompts: KV, owner: string, operator: Client) => Promise<Result>,
): Promise<Result> {
  if (shared && agent !== undefined) {
    throw new BadUse("--agent and --shared are two different owners", "leave one out");
  }
  const owner = shared ? SHARED : (agent ?? DEFAULT_AGENT);
  await using operator = await connectAs(OPERATOR, findBus());
  const prompts = await openPrompts(operator);
  if (owner !== SHARED) await requireKnown(prompts, owner);
  return await act(prompts, owner, operator);
}

function holding(prompts: KV, owner: string): Promise<readonly HoldingRule[]> {
  return rulesOf(owner, async (key) => (await readEntry(prompts, key)).text);
}

/** Throws: BadUse. */
function worldOf({ machine, workspace, home = machine ? "/root" : workspace }: Trial): World {
  for (const path of [workspace, home]) {
    if (!path.startsWith("/")) throw new BadUse(`${JSON.stringify(path)} is no absolute path`, "begin it with /");
  }
  return { workspace, home, ...(machine ? {} : { isIsolated: true }) };
}

/** Who asks; without a role where their name says it. Throws: BadUse. */
function askerOf({ as, role, kind, tool }: Trial): Omit<Asker, "role"> & { readonly role?: Standing } {
  const standing = STANDINGS.find((each) => each === as);
  if (standing !== undefined) {
    if (role === undefined || role === standing) return { role: standing, kind, tool };
    throw new BadUse(`--as ${as} and --role ${role} are two different roles`, "leave one out");
  }
  const isSomebody = whoSchema.shape.party.safeParse(as.slice(0, as.indexOf(":"))).success;
  if (isSomebody) return { ...(role === undefined ? {} : { role }), user: as, kind, tool };
  throw new BadUse(`nobody is called ${JSON.stringify(as)}`, "say owner, user, guest, or somebody like telegram:4711");
}

function roleIn(roles: Roles, user = ""): Standing {
  const [party, id] = [user.slice(0, user.indexOf(":")), user.slice(user.indexOf(":") + 1)];
  const who = whoSchema.safeParse({ party, id });
  return who.success ? roleOf(who.data, roles) : "guest";
}

function checked(text: string, file: string): readonly Rule[] {
  try {
    return parseRules(text);
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error);
    throw new BadUse(`${file} holds no policy: ${why}`, 'write { "rules": [{ "effect": "deny", "why": "…" }] }');
  }
}

async function readFrom(file: string): Promise<string> {
  try {
    return file === "-" ? await readAll(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw new BadUse(`${file} cannot be read: ${reasonOf(error)}`, "name a file, or - for standard input");
  }
}

function aboutWho({ who = {} }: Rule): string {
  return [who.roles, who.users, who.kinds].flatMap((each) => each ?? []).join(" ") || "all";
}

function aboutWhat({ where, tools, classes, paths, hosts }: Rule): string {
  return (
    [where && [WHERE[where]], tools, classes, paths, hosts]
      .flatMap((each) => (each === undefined ? [] : [each.join(" ")]))
      .join("; ") || "all"
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
