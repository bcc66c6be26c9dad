import { startServer } from "#support/server.ts"; import { TEST_KINDS } from "#support/contracts.ts";
await using s = await startServer({kinds: TEST_KINDS});
for (const u of ["tap","terminal","http","channel","hand"]) { const c = await s.connect(u); await c.flush(); console.log(u, "ok"); }
