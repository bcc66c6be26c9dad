import { startServer } from "#support/server.ts"; import { provision } from "#deploy/provision.ts";
let t = performance.now();
await using s = await startServer(); console.log(performance.now() - t, s.url);
const op = await s.connect("operator"); console.log(await provision(op));
t = performance.now(); await s.restart(); console.log(performance.now() - t, s.url);
for (const u of ["tap","terminal","http","channel"]) { const c = await s.connect(u); await c.flush(); console.log(u, "ok"); }
