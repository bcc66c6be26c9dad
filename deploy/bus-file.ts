import { readFileSync } from "node:fs";
import { z } from "zod";
import { hasCode, reasonOf, ThalassaError } from "./errors.ts";
import type { Home } from "./home.ts";
import { replaceFile } from "./whole-file.ts";

const BUS = z.object({
  url: z.string().min(1),
  monitor: z.url().optional(),
  http: z.url().optional(),
  pid: z.int().positive().optional(),
  version: z.string().optional(),
});

/**
 * Where the bus of a home is, and its HTTP bridge, if it has one. `monitor`, `pid` and `version` are absent when the server
 * is not ours. Shape: `{ "url": "nats://127.0.0.1:4222", "monitor": "http://127.0.0.1:8222", "http": "http://127.0.0.1:8420",
 * "pid": 4711, "version": "2.15.1" }`.
 */
export type Bus = Readonly<z.infer<typeof BUS>>;

/** A `nats.json` that says nothing readable. */
class BusFileGarbled extends ThalassaError<"bus-file-garbled"> {
  constructor(path: string, cause: unknown) {
    super({
      code: "bus-file-garbled",
      message: `${path} does not say where the bus is: ${reasonOf(cause)}`,
      hint: "delete it; the next thalassa up writes it anew",
      cause,
    });
  }
}

/** Where the bus was last said to be, or nothing when no bus was started here. Throws: BusFileGarbled. */
export function readBus(home: Pick<Home, "busFile">): Bus | undefined {
  try {
    return BUS.parse(JSON.parse(readFileSync(home.busFile, "utf8")));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw new BusFileGarbled(home.busFile, error instanceof z.ZodError ? new Error(z.prettifyError(error)) : error);
  }
}

/** Says where the bus is; a reader sees the old words or the new ones, never half of them. */
export function writeBus(home: Pick<Home, "busFile">, bus: Bus): void {
  replaceFile(home.busFile, `${JSON.stringify(BUS.parse(bus), null, 2)}\n`, { mode: 0o600 });
}
