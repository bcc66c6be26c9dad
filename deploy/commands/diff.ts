import { styleText } from "node:util";
import { connectAs, findBus } from "#deploy/access.ts";
import { actorNamed } from "#deploy/actor-name.ts";
import { momentOf } from "#deploy/moment.ts";
import { differences, diffLines } from "#deploy/state-diff.ts";
import { terminalContract } from "#subjects/clients.ts";
import { askState } from "./state.ts";

/** Shows what of an actor's state changed between two moments. */
export async function diff(name: string, from: string, to: string, options: { readonly json?: true }): Promise<number> {
  const address = await actorNamed(name);
  const moments = [momentOf(from), momentOf(to)] as const;
  await using client = await connectAs(terminalContract.client, findBus());
  const before = await askState(client, address, moments[0]);
  const after = await askState(client, address, moments[1]);
  if (options.json) {
    const changes = differences(before.state, after.state);
    process.stdout.write(`${JSON.stringify({ address, from: before.seq, to: after.seq, changes })}\n`);
    return 0;
  }
  const lines = diffLines(before.state, after.state);
  const told = lines.length === 0 ? ["nothing changed"] : lines;
  const head = styleText("dim", `${address} from #${before.seq} to #${after.seq}`);
  process.stdout.write(`${[head, ...told].join("\n")}\n`);
  return 0;
}
