import { posix } from "node:path";
import { buffer } from "node:stream/consumers";
import type { z } from "zod";
import type { Tools } from "#runtime/mod.ts";
import type { ORDERS, OrderResult } from "#subjects/order.ts";
import type { Engine } from "./engine.ts";
import { failed } from "./failed.ts";
import { Files, MOST_BYTES, troubleOf } from "./files.ts";
import { insideOf } from "./inside.ts";
import { markOf } from "./journal.ts";

type TransferTools = Pick<Tools<unknown>, "address" | "signal" | "artifacts">;

/** Takes a file of the workspace to the artifacts. After a crash: taken again, under the same name. Throws: EngineError; Closed. */
export async function getFile(
  engine: Engine,
  { env, order, path: said }: z.output<typeof ORDERS.get>,
  { address, signal, artifacts }: TransferTools,
): Promise<OrderResult> {
  const path = insideOf(said);
  if (typeof path !== "string") return path;
  const ran = await new Files(engine, env, signal).take(path, MOST_BYTES.artifact);
  if (ran.code !== 0) return troubleOf(ran, said);
  const name = `${address}/${env}/${markOf(env, order)}/${posix.basename(path)}`;
  return { type: "artifact", artifact: await artifacts.put(name, ran.stdout) };
}

/** Puts an artifact into the workspace. After a crash: put again. Throws: EngineError; Closed; ArtifactDamaged. */
export async function putFile(
  engine: Engine,
  { env, order, path: said, artifact }: z.output<typeof ORDERS.put>,
  { signal, artifacts }: TransferTools,
): Promise<OrderResult> {
  const path = insideOf(said);
  if (typeof path !== "string") return path;
  const found = await artifacts.get(artifact);
  if (found === undefined) return failed("no-artifact", `There is no artifact ${artifact}.`);
  const { bytes } = found.info;
  if (bytes > MOST_BYTES.artifact) {
    found.content.destroy();
    return failed("too-large", `${artifact} has ${bytes.toLocaleString("en-US")} bytes, which is too much.`);
  }
  const body = await buffer(found.content);
  const ran = await new Files(engine, env, signal).write(path, body, markOf(env, order), "");
  return ran.code === 0
    ? { type: "done", text: `Wrote ${body.length.toLocaleString("en-US")} bytes to ${said}.` }
    : troubleOf(ran, said);
}
