import { whyNot } from "#bridges/conversation/turn.ts";
import { askMessage, sendMessage } from "#bridges/terminal/message.ts";
import { noticeOf } from "#bridges/terminal/piped.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { channelToTalkIn } from "#deploy/identity/whose-channel.ts";
import { checkKey, typedText } from "#deploy/typed-text.ts";
import { terminalContract } from "#subjects/clients.ts";
import { resolveChannel } from "#subjects/mod.ts";

/** Sends one message; prints its id, or the answer. */
export async function send(
  channel: string,
  given: string,
  options: { readonly agent?: string; readonly wait?: true; readonly id?: string; readonly json?: true },
): Promise<number> {
  const { id: key, json, agent } = options;
  // A name that cannot be one is told before anything is asked of the bus.
  resolveChannel(channel, terminalContract.client, agent);
  const text = await typedText(given, 'say something: thalassa send work "hello"');
  checkKey(key);
  await using client = await connectAs(terminalContract.client, findBus());
  const address = await channelToTalkIn(client, channel, agent);
  const complain = (line: string): void => void process.stderr.write(`thalassa: ${line}\n`);
  const who = speakerHere();
  const onHappening = (happening: Parameters<typeof noticeOf>[0]): void => noticeOf(happening, complain);
  const message = { address, who, text, onHappening, ...(key === undefined ? {} : { key }) };
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (!options.wait) {
    const id = await sendMessage(client, message);
    print(json ? JSON.stringify({ id, channel, address }) : id);
    return 0;
  }
  const { id, outcome } = await askMessage(client, message);
  if (outcome.type === "said") {
    print(json ? JSON.stringify({ id, channel, address, reply: outcome.text, seq: outcome.seq }) : outcome.text);
    return 0;
  }
  const why = whyNot(outcome) ?? "";
  const reply = outcome.type === "refused" || outcome.text === "" ? {} : { reply: outcome.text };
  if (json) print(JSON.stringify({ id, channel, address, ...reply, [outcome.type]: why }));
  else if (reply.reply !== undefined) print(reply.reply);
  complain(why);
  return 1;
}
