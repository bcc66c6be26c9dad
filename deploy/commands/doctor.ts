import { connectAs, findBus, keysDirOf } from "#deploy/access.ts";
import { checkClock, checkDurability, checkJetStream, checkVersion } from "#deploy/checks/bus.ts";
import { bad, type Finding, findingLines, good } from "#deploy/checks/finding.ts";
import { checkDisk, checkHome, checkKeys } from "#deploy/checks/host.ts";
import { checkDead, checkGrowth, checkStreams } from "#deploy/checks/streams.ts";
import { checkMail, checkProcesses } from "#deploy/checks/work.ts";
import { explain } from "#deploy/failure.ts";
import { openHome } from "#deploy/home.ts";
import type { Client } from "#runtime/mod.ts";
import { OPERATOR } from "#subjects/mod.ts";

/** Checks everything; 1 when something is wrong. */
export async function doctor(options: { readonly json?: true }): Promise<number> {
  const findings: Finding[] = [];
  const check = async (name: string, run: () => readonly Finding[] | Promise<readonly Finding[]>): Promise<void> => {
    for (const finding of await attempt(name, run)) {
      findings.push(finding);
      process.stdout.write(`${options.json ? JSON.stringify(finding) : findingLines(finding).join("\n")}\n`);
    }
  };
  const home = openHome();
  await check("home", () => checkHome(home));
  await check("keys", () => checkKeys(keysDirOf(home)));
  await check("disk", () => checkDisk(home));
  await using patient = await reach(check);
  const { client } = patient;
  if (client !== undefined) {
    await check("server", () => checkVersion(client));
    await check("jetstream", () => checkJetStream(client));
    await check("streams", () => checkStreams(client));
    await check("durability", () => checkDurability(client, home));
    await check("clock", () => checkClock(client));
    await check("processes", () => checkProcesses(client));
    await check("mail", () => checkMail(client));
    await check("dead", () => checkDead(client));
    await check("growth", () => checkGrowth(client, home));
  }
  return findings.some(({ level }) => level === "bad") ? 1 : 0;
}

type Check = (name: string, run: () => Promise<readonly Finding[]>) => Promise<void>;

/** Connects, and says how that went. */
async function reach(check: Check): Promise<AsyncDisposable & { readonly client: Client | undefined }> {
  let client: Client | undefined;
  await check("bus", async () => {
    const bus = findBus();
    client = await connectAs(OPERATOR, bus);
    return [good("bus", `reached at ${bus.url}`)];
  });
  return { client, [Symbol.asyncDispose]: async () => client?.[Symbol.asyncDispose]() };
}

/** A check that fails is a finding, and the others go on. */
async function attempt(
  name: string,
  run: () => readonly Finding[] | Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await run();
  } catch (error) {
    const { message, hint } = explain(error);
    return [bad(name, message, hint ?? "thalassa up puts most things right; its log is in the home")];
  }
}
