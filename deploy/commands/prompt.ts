import { styleText } from "node:util";
import type { z } from "zod";
import { connectAs, findBus } from "#deploy/access.ts";
import { actorNamed } from "#deploy/actor-name.ts";
import { BadUse } from "#deploy/failure.ts";
import { channelContract } from "#subjects/channel.ts";
import { terminalContract } from "#subjects/clients.ts";
import { KINDS, parseAddress } from "#subjects/mod.ts";

/** The question that every kind which thinks answers alike. */
const QUESTION = "prompt";

const answerSchema = channelContract.asks[QUESTION];

/** Shows what a model is given for an actor's next call, as the process that serves the actor says. Throws: ActorWithoutLog. */
export async function prompt(name: string, options: { readonly json?: true }): Promise<number> {
  const address = await actorNamed(name);
  const { kind } = parseAddress(address);
  if (KINDS.find((contract) => contract.kind === kind)?.asks[QUESTION] === undefined) {
    throw new BadUse(
      `actors of kind ${kind} do not show what they are asked`,
      `name one of kind ${thinkers().join(", ")}`,
    );
  }
  await using client = await connectAs(terminalContract.client, findBus());
  const answer = answerSchema.parse(await client.ask(address, QUESTION));
  const lines = options.json ? [JSON.stringify({ address, ...answer })] : shown(answer);
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

function shown({
  system,
  tools,
  messages,
  unseen,
  tokens,
  postscript,
}: z.output<typeof answerSchema>): readonly string[] {
  const blocks = system.flatMap(({ name, level, text, tokens: size }) => [
    styleText("dim", `── ${name}, ${level}, about ${size} tokens`),
    text,
    "",
  ]);
  const before = unseen === 0 ? "" : `, after ${unseen} earlier ones that are left out`;
  const said = `── then ${messages} ${messages === 1 ? "message" : "messages"} of this conversation${before}, about ${tokens} tokens`;
  const used = styleText("dim", `── tools: ${tools.join(", ") || "none"}`);
  return [...blocks, used, styleText("dim", said), postscript];
}

function thinkers(): readonly string[] {
  return KINDS.filter(({ asks }) => asks[QUESTION] !== undefined).map(({ kind }) => kind);
}
