import { chatPiped } from "#bridges/terminal/piped.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { openChat } from "#deploy/chat-here.ts";
import { channelToTalkIn } from "#deploy/identity/whose-channel.ts";
import { chatSettings } from "#deploy/settings/here.ts";
import { terminalContract } from "#subjects/clients.ts";
import { resolveChannel } from "#subjects/mod.ts";

/** Talks: with a person where there is a terminal on both ends, else a line in, an answer out. */
export async function chat(options: {
  readonly channel?: string;
  readonly agent?: string;
  readonly obey?: true;
  readonly json?: true;
}): Promise<number> {
  // A name that cannot be one is told before anything is asked of the bus.
  resolveChannel(options.channel ?? "default", terminalContract.client, options.agent);
  const bus = findBus();
  await using client = await connectAs(terminalContract.client, bus);
  const { channel } = await chatSettings(client, options);
  const meant = (name: string) => channelToTalkIn(client, name, options.agent);
  const address = await meant(channel);
  if (process.stdin.isTTY && process.stdout.isTTY && !options.json) {
    await openChat(client, { homeRoot: bus.home.root, channel, meant });
    return 0;
  }
  const good = await chatPiped(client, address, speakerHere(), {
    input: process.stdin,
    write: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`thalassa: ${line}\n`),
    asJson: options.json === true,
    obeys: options.obey === true,
  });
  return good ? 0 : 1;
}
