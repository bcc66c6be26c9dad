import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { checkEngine, checkPreviews } from "#deploy/checks/engine.ts";
import type { ListedEnvironment } from "#deploy/environments/listing.ts";
import { wanted } from "#deploy/environments/looking.ts";
import { noEnvironmentsYet, whyNoEnvironments } from "#deploy/environments/missing.ts";
import { environmentNamed } from "#deploy/environments/named.ts";
import { executorOptionsHere } from "#deploy/environments/options.ts";
import { remediesFor } from "#deploy/environments/remedies.ts";
import { type Happening, storyLines } from "#deploy/environments/story.ts";
import { likesIn, type System } from "#deploy/environments/system.ts";

const DEBIAN: System = {
  platform: "linux",
  likes: ["debian"],
  user: "ada",
  isRoot: false,
  hasSystemd: true,
};

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "thalassa-environments-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe("what root has to do", () => {
  it("is to install, start and open Docker where there is none", () => {
    const lines = remediesFor({ type: "programs", engine: "docker" }, DEBIAN);
    assert.deepEqual(lines.slice(0, 2), ["apt-get install -y docker.io", "systemctl enable --now docker"]);
    assert.match(lines[2] ?? "", /^usermod -aG docker ada /);
  });

  it("is to start it where it is silent, and to let the person in where it refuses", () => {
    assert.deepEqual(remediesFor({ type: "docker-silent" }, DEBIAN), ["systemctl enable --now docker"]);
    const bare = { ...DEBIAN, hasSystemd: false };
    assert.deepEqual(remediesFor({ type: "docker-silent" }, bare), ["service docker start"]);
    assert.match(remediesFor({ type: "docker-refuses" }, DEBIAN)[0] ?? "", /as good as root/);
  });

  it("is to install bubblewrap, or to let the kernel allow it", () => {
    const lines = remediesFor({ type: "programs", engine: "bubblewrap" }, { ...DEBIAN, likes: ["ubuntu", "debian"] });
    assert.deepEqual(lines, ["apt-get install -y bubblewrap socat util-linux"]);
    const kernel = { type: "kernel", setting: "kernel.unprivileged_userns_clone", value: "1" } as const;
    assert.deepEqual(remediesFor(kernel, DEBIAN), ["sysctl -w kernel.unprivileged_userns_clone=1"]);
  });

  it("is said in words where nobody knows how the system packs things", () => {
    const other = { ...DEBIAN, likes: [] };
    assert.match(remediesFor({ type: "programs", engine: "docker" }, other)[0] ?? "", /^# install Docker Engine/);
    const mac: System = { ...DEBIAN, platform: "darwin" };
    assert.deepEqual(remediesFor({ type: "docker-silent" }, mac), ["# start Docker Desktop"]);
  });

  it("follows from what the distribution says it is", () => {
    assert.deepEqual(likesIn('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n'), ["ubuntu", "debian"]);
    assert.deepEqual(likesIn(""), []);
  });
});

describe("the executor of a home", () => {
  it("is set up by the file, and by the environment before that", () => {
    writeFileSync(join(folder, "thalassa.toml"), '[executor]\nengine = "docker"\nimage = "ours:2"\n');
    const options = executorOptionsHere(folder, { THALASSA_HOST: "ada" });
    assert.deepEqual([options.engine, options.image, options.dir], ["docker", "ours:2", join(folder, "executor")]);
    const other = executorOptionsHere(folder, { THALASSA_EXECUTOR_ENGINE: "bubblewrap" });
    assert.deepEqual(wanted(other), ["bubblewrap"]);
    assert.deepEqual(wanted({ engine: "auto" }), ["docker", "bubblewrap"]);
  });

  it("that has no engine is told with each reason", () => {
    const docker = { engine: "docker", notes: [], remedies: [] } as const;
    assert.equal(whyNoEnvironments([docker]), undefined);
    const why = whyNoEnvironments([{ ...docker, problem: "it sleeps" }]);
    assert.equal(why, "docker: it sleeps");
    assert.match(noEnvironmentsYet(why ?? "", {}), /thalassa setup executor \(docker: it sleeps\)$/);
  });
});

describe("the doctor on environments", () => {
  it("finds an engine that does not answer; wrong where it is wanted by name, to know of where any would do", async () => {
    const env = { PATH: folder, DOCKER_HOST: `unix://${folder}/none`, THALASSA_HOST: "ada" };
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = env.DOCKER_HOST;
    try {
      const options = { ...executorOptionsHere(folder, env), engine: "docker" as const };
      const [finding] = await checkEngine(options, env);
      assert.match(
        `${finding?.level} ${finding?.message}`,
        /^bad jobs can run nothing here: docker: no Docker answers/,
      );
      assert.match(finding?.hint ?? "", /thalassa setup executor/);
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
    }
  });

  it("finds a port of previews that is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const at = (taken: number) => checkPreviews({ previews: { host: "127.0.0.1", port: taken } }, { root: "/nowhere" });
    try {
      const [finding] = await at(port);
      assert.match(
        `${finding?.level} ${finding?.message}`,
        new RegExp(`^warn 127\\.0\\.0\\.1 port ${port} is taken by`),
      );
      assert.equal((await at(0))[0]?.level, "good");
      const [unset] = await checkPreviews({ previews: { host: "127.0.0.1" } }, { root: "/nowhere" });
      assert.equal(unset?.level, "good");
    } finally {
      server.close();
    }
    assert.match((await at(port))[0]?.message ?? "", /is free; opened with the first one$/);
  });
});

describe("an environment that somebody means", () => {
  const one = environment("main-wAAA-0", "main.worker.wAAA-0");
  const other = environment("main-wAAB-0", "main.worker.wAAB-0");

  it("is found by its name, by its job, and by the beginning of either", () => {
    for (const text of ["main-wAAA-0", "main-wAAA", "wAAA-0", "wAAA", "main.worker.wAAA-0"]) {
      assert.equal(environmentNamed([one, other], text), one, text);
    }
  });

  it("is not guessed", () => {
    assert.throws(() => environmentNamed([one, other], "wAA"), {
      code: "environment-missing",
      message: "wAA may be main-wAAA-0, main-wAAB-0",
    });
    assert.throws(() => environmentNamed([], "wAA"), { code: "environment-missing", exitCode: 2 });
  });
});

describe("the story of an environment", () => {
  it("tells a command together with what came of it, also where its environment ended first", () => {
    const by = "main.worker.wAAA-0";
    const room = { running: 1, free: 1, engine: "docker" };
    const exec = (order: string, line: string) => ({
      verb: "exec" as const,
      data: { env: "e", order, argv: ["bash", "-c", line], timeoutMs: 1_000 },
    });
    const wrote = { text: "hi\n", bytes: 3 };
    const result = { type: "exec", code: 3, how: "ended", ms: 1_500, stdout: wrote, stderr: wrote } as const;
    const cut = { type: "exec", how: "interrupted", ms: 0, stdout: wrote, stderr: wrote } as const;
    const events: readonly Happening["event"][] = [
      { type: "raised", data: { env: "e", by, order: "up", boot: "b", notes: [], ...room } },
      { type: "ordered", data: { by, order: exec("1", "make test") } },
      { type: "finished", data: { env: "e", by, order: "1", result, engine: "docker" } },
      { type: "ordered", data: { by, order: exec("2", "sleep 9") } },
      {
        type: "lowered",
        data: { env: "e", by, keep: true, why: "", tells: false, unfinished: [{ order: "2", result: cut }], ...room },
      },
    ];
    const story = events.map((event, at) => ({ seq: at + 1, at, event }));
    const lines = storyLines(story, "e").map((line) => stripVTControlCharacters(line).replace(/^\S+ /, ""));
    assert.deepEqual(lines, [
      "up on docker",
      "$ make test: exit code 3 after 1.5 s, wrote 6 B",
      "$ sleep 9: interrupted, wrote 6 B",
      "gone; its workspace is kept",
    ]);
    const open = storyLines(story.slice(0, 4), "e").at(-1) ?? "";
    assert.match(stripVTControlCharacters(open), /\$ sleep 9 … has not ended$/);
  });
});

function environment(env: string, by: ListedEnvironment["by"]): ListedEnvironment {
  return { env, by, seq: 1, host: "ada", state: "up", engine: "docker", at: 0 };
}
