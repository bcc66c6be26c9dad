/**
 * Loaded before a process's own code, under `--expose-gc`: on SIGUSR2 it collects all garbage and says, as a log line,
 * how much memory is left in use.
 */
process.on("SIGUSR2", () => {
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  const { heapUsed, rss } = process.memoryUsage();
  const line = { level: 30, time: Date.now(), event: "memory", msg: "memory after collection", heapUsed, rss };
  process.stdout.write(`${JSON.stringify(line)}\n`);
});
