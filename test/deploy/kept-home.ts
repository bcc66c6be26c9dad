import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { addressSchema } from "#subjects/address.ts";

/** Where homes of versions that were published are kept. */
export const FIXTURES = resolve("test/fixtures");

const recordSchema = z.looseObject({
  address: z.string(),
  event: z.string(),
  seq: z.number(),
  id: z.string(),
  at: z.number(),
  data: z.unknown(),
});

/** What was true of a home when it was packed, told apart from it. */
export const factsSchema = z.object({
  /** Records of every conversation, by its address. */
  logs: z.record(z.string(), z.array(recordSchema)),
  /** Conversation with a snapshot and later events, and the sequence of that snapshot. */
  snapshot: z.object({ address: addressSchema, seq: z.number() }),
  /** Conversation whose last message was being answered when everything was killed. */
  open: z.object({ address: addressSchema, seq: z.number(), text: z.string() }),
  dead: z.object({ seq: z.number(), body: z.string() }),
});

/** What is known of a kept home. */
export type Facts = z.output<typeof factsSchema>;

/** A home that some version left behind. */
export type KeptHome = { readonly name: string; readonly archive: string; readonly facts: Facts };

/** Every home that is kept. */
export function keptHomes(): readonly KeptHome[] {
  const archives = readdirSync(FIXTURES).filter((name) => name.endsWith(".tar.gz"));
  return archives.map((archive) => {
    const name = basename(archive, ".tar.gz");
    const facts = factsSchema.parse(JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), "utf8")));
    return { name, archive: join(FIXTURES, archive), facts };
  });
}
