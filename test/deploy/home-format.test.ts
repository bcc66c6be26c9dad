import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { openHome } from "#deploy/home.ts";
import { packageVersion } from "#deploy/package-version.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "thalassa-format-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openHome({ THALASSA_HOME: folder });
const mark = () => join(folder, "home.json");
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("the mark of a home", () => {
  it("is written on the first opening, for its owner alone, and never again", () => {
    open();
    assert.deepEqual(JSON.parse(readFileSync(mark(), "utf8")), { format: 1, by: packageVersion() });
    assert.equal(modeOf(mark()), "600");
    writeFileSync(mark(), '{ "format": 1, "by": "0.0.9" }');
    open();
    assert.equal(readFileSync(mark(), "utf8"), '{ "format": 1, "by": "0.0.9" }');
    assert.deepEqual(readdirSync(folder).sort(), ["cache", "data", "home.json", "keys", "logs"]);
  });

  it("is put into a home that is older than marks", () => {
    mkdirSync(join(folder, "data"));
    open();
    assert.equal(JSON.parse(readFileSync(mark(), "utf8")).format, 1);
  });

  it("of a newer format has the home refused before anything in it is touched", () => {
    writeFileSync(mark(), '{ "format": 2, "by": "0.7.0", "more": true }');
    chmodSync(folder, 0o755);
    assert.throws(open, {
      code: "home-newer",
      exitCode: 1,
      message: /has format 2, made by Thalassa 0\.7\.0; .* Nothing in it was touched/,
      hint: /update Thalassa to 0\.7\.0 or newer, or name another home with THALASSA_HOME/,
    });
    assert.equal(modeOf(folder), "755");
    assert.deepEqual(readdirSync(folder), ["home.json"]);
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["no format", '{ "by": "0.1.0" }'],
    ["a format below the first", '{ "format": 0, "by": "0.1.0" }'],
  ] as const) {
    it(`that says ${what} has the home refused, for nobody knows what is in it`, () => {
      writeFileSync(mark(), text);
      assert.throws(open, { code: "home-mark-garbled", exitCode: 1, hint: /put it back from a copy/ });
      assert.deepEqual(readdirSync(folder), ["home.json"]);
    });
  }

  it("that cannot be read has the home refused", () => {
    mkdirSync(mark());
    assert.throws(open, { code: "home-unusable", message: /EISDIR/ });
  });
});
