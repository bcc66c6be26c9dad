import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Installation } from "./installation.ts";

let here: Installation;
before(async () => {
  here = await Installation.create();
  await here.up();
});
after(async () => {
  await here[Symbol.asyncDispose]();
});

test("a line is judged by the rules that hold, and the answer says why", async () => {
  const { code, out } = await here.run(["policy", "test", "rm -rf /"]);
  assert.equal(code, 0);
  assert.match(out, /^deny {2}rm -rf \/\n {2}deny {3}rm -rf \/: destructive at \/ and all below\n {9}it would take/);
  assert.match(
    (await here.run(["policy", "test", "npm test"])).out,
    /^allow .*\n.*\n +default for owner in an environ/,
  );
  const asked = await here.run(["policy", "test", "npm test", "--machine", "--check", "--json"]);
  const { effect, asker } = JSON.parse(asked.out);
  assert.deepEqual([asked.code, effect, asker.role], [1, "ask", "owner"]);
});

test("somebody by name is what the settings of roles say, and a stranger may do nothing", async () => {
  const answerTo = async (...args: readonly string[]) => {
    const { out } = await here.run(["policy", "test", "ls", "--json", ...args]);
    const { effect, asker } = JSON.parse(out);
    return [asker.role, effect];
  };
  assert.deepEqual(await answerTo("--as", "telegram:4711"), ["guest", "deny"]);
  assert.deepEqual(await answerTo("--as", "telegram:4711", "--role", "user"), ["user", "allow"]);
  assert.equal((await here.run(["config", "set", "roles.users", "telegram:4711"])).code, 0);
  assert.deepEqual(await answerTo("--as", "telegram:4711"), ["user", "allow"]);
  assert.deepEqual(await answerTo("--as", "terminal:ada"), ["owner", "allow"]);
});

test("rules are set from a file, shown with where they come from, and reset", async () => {
  const file = join(here.root, "rules.json");
  await writeFile(file, '{"rules":[{"effect":"deny","paths":["secrets/**"],"why":"secrets stay"}]}');
  const set = await here.run(["policy", "set", "--file", file]);
  assert.deepEqual([set.code, set.out], [0, "the policy of agent main is set; rules: 1\n"]);
  assert.match((await here.run(["policy", "test", "cat secrets/a"])).out, /^deny .*\n.*\n +secrets stay\n/);
  const wide = '{"rules":[{"effect":"allow","who":{"users":["http:ci"]},"why":"all of it"}]}';
  const shared = await here.run(["policy", "set", "--shared", "--file", "-"], wide);
  assert.match(shared.err, /this rule allows every class of deed: all of it/);
  const { rules } = JSON.parse((await here.run(["policy", "show", "--json"])).out);
  assert.deepEqual(
    rules.map(({ level, why }: { readonly level: string; readonly why: string }) => `${level}: ${why}`),
    ["shared: all of it", "own: secrets stay"],
  );
  assert.equal(
    (await here.run(["policy", "reset"])).out,
    "the policy of agent main is now gone: it has no rules of its own\n",
  );
  const reset = await here.run(["policy", "reset", "--shared", "--json"]);
  assert.deepEqual(JSON.parse(reset.out), { of: "shared", changed: true });
  const left = (await here.run(["policy"])).out;
  assert.match(left, /^deny +built in +all +in an environment:|^deny +built in/m);
  assert.doesNotMatch(left, /secrets stay/);
});

test("what is no policy, nobody, or no path is refused with what to write", async () => {
  const wrong: readonly (readonly [readonly string[], string, RegExp])[] = [
    [["set", "--file", "-"], '{"rules":[{"effect":"deny","path":["/"],"why":"a slip"}]}', /holds no policy/],
    [["set", "--file", "/none"], "", /cannot be read/],
    [["set", "--file", "-", "--shared", "--agent", "main"], '{"rules":[]}', /two different owners/],
    [["test", "ls", "--as", "ada"], "", /nobody is called "ada"/],
    [["test", "ls", "--as", "owner", "--role", "user"], "", /two different roles/],
    [["test", "ls", "--workspace", "here"], "", /"here" is no absolute path/],
  ];
  for (const [args, input, message] of wrong) {
    const { code, err } = await here.run(["policy", ...args, "--json"], input);
    const { error } = JSON.parse(err);
    assert.deepEqual([code, error.code], [2, "bad-use"], args.join(" "));
    assert.match(error.message, message);
  }
});
