import { sendWish } from "#bridges/terminal/job-mail.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { requireAgent } from "#deploy/identity/agents.ts";
import { chatSettings } from "#deploy/settings/here.ts";
import { terminalContract } from "#subjects/clients.ts";
import { CORTEX, cortexContract } from "#subjects/cortex.ts";
import { JOB_VERBS, personText } from "#subjects/job-verbs.ts";
import { addressOf, encodeToken } from "#subjects/mod.ts";

type Options = { readonly why: string; readonly agent?: string; readonly json?: true };

/** Stops all jobs of an agent, lets things go on, or says how it is. */
export async function panic(what: "on" | "off" | "status", options: Options): Promise<number> {
  await using client = await connectAs(terminalContract.client, findBus());
  const agent = options.agent ?? (await chatSettings(client)).agent;
  await requireAgent(client, agent);
  const to = addressOf(encodeToken(agent), cortexContract.kind, CORTEX);
  if (what !== "status") {
    const data = { on: what === "on", why: options.why, who: speakerHere() };
    await sendWish(client, { to, verb: JOB_VERBS.panic.mail.verb, data });
  }
  const slots = cortexContract.asks.slots.parse(await client.ask(to, "slots"));
  const { running, queued, limit, panic: stopped } = slots;
  const by = stopped && ` by ${personText(stopped.who)}${stopped.why === "" ? "" : `: ${stopped.why}`}`;
  const isOn = stopped !== undefined;
  const lines = [
    isOn ? `all jobs of agent ${agent} are stopped${by}` : `jobs of agent ${agent} go on`,
    `running: ${running.length} of ${limit}${isOn && running.length > 0 ? ", just being ended" : ""}; waiting: ${queued}`,
  ];
  process.stdout.write(options.json ? `${JSON.stringify({ agent, on: isOn, ...slots })}\n` : `${lines.join("\n")}\n`);
  return 0;
}
