import { text as readAll } from "node:stream/consumers";
import { whyNot } from "#bridges/conversation/turn.ts";
import { askMessage, sendMessage } from "#bridges/terminal/message.ts";
import { noticeOf } from "#bridges/terminal/piped.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { BadUse } from "#deploy/failure.ts";
import { channelToTalkIn } from "#deploy/identity/whose-channel.ts";
import { terminalContract } from "#subjects/clients.ts";
import { resolveChannel } from "#subjects/mod.ts";
import { MAX_TEXT } from "#subjects/turn.ts";

/** An id travels in a header, where white space and other writing would not survive. */
const ID = /^[\x21-\x7e]{1,200}$/;

/** Sends one message; prints its id, or the answer. */
export async function send(
  channel: string,
  given: string,
  options: { readonly agent?: string; readonly wait?: true; readonly id?: string; readonly json?: true },
): Promise<number> {
  const { id: key, json, agent } = options;
  // A name that cannot be one is told before anything is asked of the bus.
  resolveChannel(channel, terminalContract.client, agent);
  const text = given === "-" ? (await readAll(process.stdin)).trimEnd() : given;
  checkMessage(text, key);
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

function checkMessage(text: string, key: string | undefined): void {
  if (text.trim() === "") throw new BadUse("the text is empty", 'say something: thalassa send work "hello"');
  if (text.length > MAX_TEXT) {
    throw new BadUse(`the text has ${text.length} characters and a message may have ${MAX_TEXT}`, "send it in parts");
  }
  if (key !== undefined && !ID.test(key)) {
    throw new BadUse(
      `--id ${JSON.stringify(key)} cannot be an id`,
      "use up to 200 letters, digits and signs, no blanks",
    );
  }
}
