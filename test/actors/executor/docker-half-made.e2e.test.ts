import assert from "node:assert/strict";
import { test } from "node:test";
import Dockerode from "dockerode";
import { nameOf } from "#actors/executor/docker/names.ts";
import { dockerBed } from "#support/docker-bed.ts";
import { needs } from "#support/needs.ts";

const skip = needs("engine");

test("a volume that was half made when the engine died is made anew, and is no reason to stay", { skip }, async () => {
  await using bed = await dockerBed();
  const docker = new Dockerode();
  const signal = AbortSignal.timeout(60_000);
  for (const goesOn of [true, false]) {
    const wanted = bed.spec();
    await docker.createVolume({ Name: nameOf(wanted.env) });
    if (goesOn) {
      await bed.engine.up(wanted, signal);
      assert.equal((await bed.sh(wanted.env, "echo here >kept && cat kept")).stdout, "here\n");
    }
    await bed.engine.down(wanted.env, { keep: false });
    await assert.rejects(docker.getVolume(nameOf(wanted.env)).inspect(), { statusCode: 404 });
  }
});

test("a volume of somebody else is left alone", { skip }, async () => {
  await using bed = await dockerBed();
  const docker = new Dockerode();
  const { env } = bed.spec();
  await docker.createVolume({ Name: nameOf(env), Labels: { "thalassa.test": "somebody" } });
  try {
    await assert.rejects(bed.engine.down(env, { keep: false }), { code: "refused" });
    assert.equal((await docker.getVolume(nameOf(env)).inspect()).Name, nameOf(env));
  } finally {
    await docker.getVolume(nameOf(env)).remove();
  }
});
