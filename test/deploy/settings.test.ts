import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { changeSettingsFile, readSettingsFile, settingsPath } from "#deploy/settings/file.ts";
import { nearest } from "#deploy/settings/nearest.ts";
import { resolveSetting, type Sources, settingOf, variablesForKinds } from "#deploy/settings/resolve.ts";
import { type SettingTable, textLike, variableOf } from "#deploy/settings/setting.ts";
import { explained, settingJson, settingRow } from "#deploy/settings/shown.ts";
import { SETTINGS } from "#deploy/settings/table.ts";
import { withoutValue, withValue } from "#deploy/settings/toml-lines.ts";

class Folder implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "thalassa-settings-"));

  constructor(text?: string) {
    if (text !== undefined) writeFileSync(settingsPath(this.root), text);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function sources(toml: string, shared: Readonly<Record<string, string>> = {}, env: Sources["env"] = {}): Sources {
  using folder = new Folder(toml);
  const file = readSettingsFile(folder.root);
  return { env, file, shared: { type: "asked", entries: new Map(Object.entries(shared)) } };
}

const sayings = (key: string, from: Sources, agent?: string) => {
  const { winner, hides } = resolveSetting(key, from, agent);
  return [winner, ...hides].map((said) => `${said.source} ${said.raw}`);
};

describe("a setting", () => {
  it("is taken from the option, the environment, the bus, the file and the default, in that order", () => {
    const from = sources('log = "warn"', { log: "error" }, { THALASSA_LOG: "debug" });
    assert.deepEqual(sayings("log", from), ["environment debug", "shared error", "file warn", "default info"]);
    const flags = { log: { option: "--log", text: "info" } };
    assert.equal(sayings("log", { ...from, flags })[0], "option info");
    assert.equal(settingOf("log", { ...from, env: { THALASSA_LOG: "" } }), "error", "an empty variable says nothing");
  });

  it("of an agent comes before what holds for all, wherever that stands", () => {
    const from = sources('[agents.helper]\nchat.channel = "work"', { "chat.channel": "everyone" });
    assert.equal(settingOf("chat.channel", from, "helper"), "work");
    assert.equal(settingOf("chat.channel", from, "main"), "everyone");
    assert.equal(settingOf("chat.channel", from), "everyone");
    const onBus = sources('[agents.helper]\nchat.channel = "work"', { "agents.helper.chat.channel": "bus" });
    assert.deepEqual(sayings("chat.channel", onBus, "helper"), ["shared bus", "file work", "default default"]);
  });

  it("of this host is never taken from the bus", () => {
    assert.deepEqual(sayings("bus.port", sources("", { "bus.port": "1" })), ["default 4222"]);
  });

  it("may follow from another one where nobody sets it", () => {
    assert.equal(settingOf("bus.monitor_port", sources("bus.port = 4333")), 8333);
    assert.equal(settingOf("bus.monitor_port", sources("bus.port = 0")), 0);
    assert.equal(settingOf("bus.monitor_port", sources("bus.port = 65000")), 0);
  });

  it("may name a variable, which is followed where it is read", () => {
    assert.equal(settingOf("idle_ms", sources('idle_ms = "env:IDLE"', {}, { IDLE: "70000" })), 70_000);
    assert.equal(settingOf("log", sources("", { log: "env:LEVEL" }, { LEVEL: "warn" })), "warn");
    assert.throws(() => settingOf("log", sources('log = "env:LEVEL"')), {
      code: "setting-invalid",
      message: "thalassa.toml line 1 takes log from LEVEL, which is not set",
    });
  });

  it("that may not be is told with who says it and what may be", () => {
    const wrong: readonly (readonly [keyof typeof SETTINGS, Sources, RegExp])[] = [
      ["durability", sources("", {}, { THALASSA_DURABILITY: "maybe" }), /^THALASSA_DURABILITY is "maybe"$/],
      ["log", sources("", { log: "loud" }), /^log in SETTINGS on the bus is "loud"$/],
      ["offline.delay_ms", sources('offline.delay_ms = "500-20"'), /is "500-20"$/],
      ["bus.port", sources("\nbus.port = 70000"), /^bus\.port in thalassa\.toml line 2 is 70000$/],
    ];
    for (const [key, from, message] of wrong) {
      assert.throws(() => settingOf(key as "log", from), { code: "setting-invalid", exitCode: 2, message });
    }
    assert.equal(settingOf("log", sources('log = "warn"', {}, { THALASSA_DURABILITY: "maybe" })), "warn");
  });

  it("is handed to the processes of the kinds by its variable", () => {
    const variables = variablesForKinds(sources("idle_ms = 1234", { log: "debug" }, { THALASSA_GRACE_MS: "9" }));
    const expected = {
      THALASSA_LOG: "debug",
      THALASSA_IDLE_MS: "1234",
      THALASSA_ACK_WAIT_MS: "30000",
      THALASSA_GRACE_MS: "9",
      THALASSA_OFFLINE_PACE_MS: "15",
      THALASSA_OFFLINE_DELAY_MS: "0-0",
      THALASSA_MODELS_CHANNEL: "auto",
      THALASSA_OPENAI_BASE_URL: "https://api.openai.com/v1",
    };
    assert.deepEqual({ ...variables, ...expected }, variables);
    const handedOn = Object.entries(SETTINGS).filter(([, setting]) => "handedOn" in setting && setting.handedOn);
    assert.deepEqual(Object.keys(variables).sort(), handedOn.map(([key]) => variableOf(key)).sort());
  });

  it("that is secret is masked wherever it is shown", () => {
    const token = { ...textLike(/^\w+$/, "letters"), about: "a token", default: "none", secret: true } as const;
    const table: SettingTable = { token: { ...token, scope: "host", takesEffect: "at once" } };
    const from: Sources = { ...sources(""), env: { THALASSA_TOKEN: "hush", OTHER: "x" } };
    const resolved = resolveSetting("token", from, undefined, table);
    assert.ok(resolved.winner.type === "usable" && resolved.winner.value === "hush");
    const spoiled = resolveSetting("token", { ...from, env: { THALASSA_TOKEN: "hush hush" } }, undefined, table);
    for (const each of [resolved, spoiled]) {
      const shown = [
        ...settingRow(each, undefined, table),
        ...explained(each, table),
        settingJson(each, from.shared, undefined, table),
      ];
      assert.doesNotMatch(shown.join("\n"), /hush/);
    }
  });
});

describe("the table of settings", () => {
  it("gives each a default that it may be, and a line that says what it is", () => {
    for (const [key, setting] of Object.entries(SETTINGS)) {
      const { winner } = resolveSetting(key, sources(""));
      assert.ok(winner.type === "usable" && setting.schema.safeParse(winner.value).success, key);
      assert.match(setting.about, /^[^\n]{10,140}$/, key);
      assert.ok(
        !("secret" in setting && setting.secret && setting.scope === "shared"),
        `${key}: many read what is shared`,
      );
    }
  });

  it("names a variable by its key", () => {
    assert.equal(variableOf("offline.pace_ms"), "THALASSA_OFFLINE_PACE_MS");
  });

  it("knows which key was probably meant", () => {
    const keys = Object.keys(SETTINGS);
    assert.equal(nearest("bus.prt", keys), "bus.port");
    assert.equal(nearest("monitor_port", keys), "bus.monitor_port");
    assert.equal(nearest("pace", keys), "offline.pace_ms");
    assert.equal(nearest("quite.another", keys), undefined);
  });
});

describe("thalassa.toml", () => {
  it("that is not there says nothing", () => {
    using folder = new Folder();
    assert.deepEqual([...readSettingsFile(folder.root).entries], []);
  });

  it("is refused with the line of what is wrong", () => {
    const wrong: readonly (readonly [toml: string, code: string, message: RegExp, hint: RegExp])[] = [
      ["log = info", "settings-file-garbled", /thalassa\.toml line 1 is no TOML: /, /quotes/],
      ["# x\n[bus]\nprt = 1", "setting-unknown", /line 3: there is no setting "bus\.prt"/, /did you mean bus\.port/],
      ["[buss]\nport = 1", "setting-unknown", /line 2: .*"buss\.port"/, /bus\.port/],
      ["bus = { prt = 1 }", "setting-unknown", /line 1: .*"bus\.prt"/, /bus\.port/],
      ["log = [1]", "setting-invalid", /line 1: log is \[1\]/, /debug or info/],
      ['[agents.helper]\nlog = "info"', "setting-invalid", /line 2: log is no agent's own/, /above/],
      ['[agents."a b"]\nchat.channel = "x"', "setting-invalid", /"a b" is no agent's name/, /letters/],
      ["constructor = 1", "setting-unknown", /"constructor"/, /config/],
    ];
    for (const [toml, code, message, hint] of wrong) {
      using folder = new Folder(toml);
      assert.throws(() => readSettingsFile(folder.root), { code, message, hint, exitCode: 2 }, toml);
    }
  });

  it("is changed all at once, for its owner alone, with comments and all else as they were", () => {
    using folder = new Folder('# mine\nlog = "info" # quiet "#"\n\n[bus]   # ports\nport = 4222\n# end\n');
    const agent = "helper";
    changeSettingsFile(readSettingsFile(folder.root), [
      { key: "log", value: "debug" },
      { key: "durability", value: "disk" },
      { key: "bus.monitor_port", value: 0 },
      { key: "chat.channel", agent, value: 'a "b"' },
      { key: "bus.port", value: undefined },
    ]);
    const path = settingsPath(folder.root);
    assert.equal(
      readFileSync(path, "utf8"),
      '# mine\nlog = "debug" # quiet "#"\ndurability = "disk"\n\n[bus]   # ports\nmonitor_port = 0\n# end\n\n[agents.helper.chat]\nchannel = "a \\"b\\""\n',
    );
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it("that sets a value in a form of its own is left to a person", () => {
    using folder = new Folder("bus = { port = 4222, monitor_port = 0 }\n");
    const file = readSettingsFile(folder.root);
    for (const value of [4333, undefined]) {
      assert.throws(() => changeSettingsFile(file, [{ key: "bus.port", value }]), {
        code: "settings-file-intricate",
        message: /line 1 sets bus\.port/,
      });
    }
    assert.equal(readFileSync(settingsPath(folder.root), "utf8"), "bus = { port = 4222, monitor_port = 0 }\n");
  });

  it("is edited by lines that only its parser reads", () => {
    assert.equal(withValue("", ["a"], 1), "a = 1\n");
    assert.equal(withValue("[t]\nx = 1\n", ["a"], "b"), 'a = "b"\n\n[t]\nx = 1\n');
    assert.equal(withValue("[t]\nx = 1\n[u]\ny = 2", ["t", "z"], true), "[t]\nx = 1\nz = true\n[u]\ny = 2");
    assert.equal(withValue("t.x = 1\n", ["t", "x"], 2), "t.x = 2\n");
    assert.equal(withValue("t.x = 1\n", ["t", "y"], 2), undefined, "a dotted table cannot be reopened");
    assert.equal(withValue('s = """\nx = 1\n"""\n', ["x"], 2), undefined, "a line inside of text is not ours");
    assert.equal(withoutValue("a = 1 # why\nb = 2\n", ["a"]), "b = 2\n");
    assert.equal(withoutValue("a = 1\n", ["b"]), undefined);
  });
});
