import { chatPiped } from "#bridges/terminal/piped.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { openChat } from "#deploy/chat-here.ts";
import { terminalContract } from "#subjects/clients.ts";
import { resolveChannel } from "#subjects/mod.ts";

/** Talks: with a person where there is a terminal on both ends, else a line in, an answer out. */
export async function chat(options: {
  readonly channel: string;
  readonly agent: string;
  readonly json?: true;
}): Promise<number> {
  const { channel, agent } = options;
  const address = resolveChannel(channel, terminalContract.client, agent);
  const bus = findBus();
  await using client = await connectAs(terminalContract.client, bus);
  if (process.stdin.isTTY && process.stdout.isTTY && !options.json) {
    await openChat(client, { homeRoot: bus.home.root, channel, agent });
    return 0;
  }
  const good = await chatPiped(client, address, speakerHere(), {
    input: process.stdin,
    write: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`thalassa: ${line}\n`),
    asJson: options.json === true,
  });
  return good ? 0 : 1;
}
