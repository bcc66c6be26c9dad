import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Argument, Option, RootCommand } from "@bomb.sh/tab";
import { connectAs, findBus } from "#deploy/access.ts";
import { homeRoot } from "#deploy/home.ts";
import type { SettingTable } from "#deploy/settings/setting.ts";
import { SETTINGS } from "#deploy/settings/table.ts";
import type { Client } from "#runtime/mod.ts";
import { terminalContract } from "#subjects/clients.ts";
import { JOB_STATES, JOBS_VIEW } from "#subjects/job.ts";
import { DEAD, DEFAULT_AGENT, KINDS, parseAddress, parseSubject, TAP } from "#subjects/mod.ts";

/** Whoever presses Tab waits no longer than this for the bus. Units: ms. */
const PATIENCE_MS = 300;

/** Most dead letters that are offered; each is read by itself. */
const MAX_LETTERS = 20;

const VIEW = "$KV.VIEWS.channels.";

/** A word that may come next, and what it is. */
type Candidate = readonly [word: string, about: string];

/** Fills in what only the bus and the settings know about the line that is being typed. */
export async function offerCandidates(root: RootCommand, words: readonly string[]): Promise<void> {
  const [command = "", verb = ""] = words;
  if (command === "config") offerSettings(root, words);
  if (command === "identity") await offerTexts(root);
  if (namesChannels(root, command)) offerChannels(root, command, await fromBus(channels));
  if (command === "dead" && verb !== "") {
    const letters = await fromBus(deadLetters);
    for (const each of ["show", "retry", "drop"]) onArgument(root, `dead ${each}`, "seq", letters);
  }
  if (command === "job" && verb !== "") {
    const ids = await fromBus(jobs);
    for (const each of ["show", "logs", "approve", "deny", "abort", "tell", "retry"])
      onArgument(root, `job ${each}`, "id", ids);
  }
  if (command === "jobs") {
    const states = JOB_STATES.map((state) => [state, "how a job may stand"] as const);
    onOption(root, "jobs", "state", states);
  }
  const kinds = KINDS.map(({ kind, about }) => [kind, about] as const);
  onOption(root, "up", "only", kinds);
}

function offerSettings(root: RootCommand, words: readonly string[]): void {
  const table: SettingTable = SETTINGS;
  const keys = Object.entries(table).map(([key, { about }]) => [key, about] as const);
  for (const verb of ["get", "set", "unset"]) onArgument(root, `config ${verb}`, "key", keys);
  const choices = table[words[2] ?? ""]?.accepts.match(/^\w+(?: or \w+)+$/)?.[0].split(" or ") ?? [];
  onArgument(
    root,
    "config set",
    "value",
    choices.map((choice) => [choice, ""]),
  );
}

async function offerTexts(root: RootCommand): Promise<void> {
  const { TEXT_NAMES } = await import("#actors/prompts/mod.ts");
  const names = TEXT_NAMES.map((name) => [name, "a text of an agent"] as const);
  for (const verb of ["show", "edit", "set", "reset"]) onArgument(root, `identity ${verb}`, "name", names);
}

/** Arguments and options that are channels or the addresses of any actor. */
const CHANNELS = ["channel", "address", "pattern"] as const;

function namesChannels(root: RootCommand, command: string): boolean {
  const { arguments: places, options } = root.commands.get(command) ?? {};
  return CHANNELS.some((name) => places?.has(name) || options?.has(name));
}

function offerChannels(root: RootCommand, command: string, addresses: readonly string[]): void {
  const own = new RegExp(`^${DEFAULT_AGENT}\\.channel\\.${terminalContract.client}-([\\w-]+)$`);
  const mine = addresses.flatMap((address): readonly Candidate[] => {
    const name = own.exec(address)?.[1];
    return name === undefined ? [] : [[name, address]];
  });
  const all: readonly Candidate[] = [...mine, ...addresses.map((address) => [address, "a channel"] as const)];
  for (const name of CHANNELS) {
    const kinds = name === "pattern" ? KINDS.map(({ kind, about }) => [kind, about] as const) : [];
    onArgument(root, command, name, [...kinds, ...all]);
    onOption(root, command, name, all);
  }
  const agents = [...new Set(addresses.map((address) => parseAddress(address).agent))];
  onOption(
    root,
    command,
    "agent",
    agents.map((agent) => [agent, "an agent"]),
  );
}

/** What the bus knows, or nothing where it does not answer at once. */
async function fromBus<T>(ask: (client: Client) => Promise<readonly T[]>): Promise<readonly T[]> {
  // Looking for a bus makes a home where there is none, and a Tab should not.
  if (!process.env.THALASSA_NATS_URL && !existsSync(join(homeRoot(), "nats.json"))) return [];
  const asked = (async () => {
    await using client = await connectAs(TAP, findBus());
    return await ask(client);
  })();
  return await Promise.race([asked.catch(() => []), delay(PATIENCE_MS, [])]);
}

/** Every channel that has spoken, from the view of them. */
async function channels({ wire }: Client): Promise<readonly string[]> {
  const { state } = await wire.jsm.streams.info("KV_VIEWS", { subjects_filter: `${VIEW}>` });
  return Object.keys(state.subjects ?? {})
    .map((subject) => subject.slice(VIEW.length).split("."))
    .flatMap(([agent, id]) => (id === undefined ? [] : [`${agent}.channel.${id}`]));
}

/** Every job that the view of them knows. */
async function jobs({ wire }: Client): Promise<readonly Candidate[]> {
  const prefix = `$KV.VIEWS.${JOBS_VIEW}.`;
  const { state } = await wire.jsm.streams.info("KV_VIEWS", { subjects_filter: `${prefix}>` });
  return Object.keys(state.subjects ?? {})
    .map((subject) => subject.slice(prefix.length).split("."))
    .flatMap(([agent, id]) => (id === undefined ? [] : [[id, `a job of agent ${agent}`] as const]));
}

async function deadLetters({ wire }: Client): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (let seq = 1; found.length < MAX_LETTERS; ) {
    const query = { seq, next_by_subj: ">" };
    const message = await wire.jsm.streams.getMessage(DEAD, query).catch(() => null);
    if (message === null) break;
    const { address, name } = parseSubject(message.subject);
    found.push([String(message.seq), `${name} to ${address}`]);
    seq = message.seq + 1;
  }
  return found;
}

function onArgument(root: RootCommand, command: string, name: string, candidates: readonly Candidate[]): void {
  offer(root.commands.get(command)?.arguments.get(name), candidates);
}

function onOption(root: RootCommand, command: string, name: string, candidates: readonly Candidate[]): void {
  offer(root.commands.get(command)?.options.get(name), candidates);
}

function offer(place: Argument | Option | undefined, candidates: readonly Candidate[]): void {
  if (place === undefined) return;
  place.handler = (complete) => {
    for (const [word, about] of candidates) complete(word, about);
  };
}
