import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Bridge } from "./bridge.ts";
import type { HttpEnv } from "./caller.ts";
import { defined } from "./defined.ts";
import type { Pace } from "./event-stream.ts";
import { streamOpener } from "./events.ts";
import { jobFor } from "./job-caller.ts";
import { listJobs, readJobEvents, readPanic, sayToJob, setPanic, showJob, submitJob } from "./job-routes.ts";
import { jobLister, jobShower, jobSubmitter, jobTeller } from "./jobs.ts";
import { panicReader, panicSetter } from "./panic.ts";

/** Adds all that is about jobs. */
export function addJobs(app: OpenAPIHono<HttpEnv>, bridge: Bridge, pace?: Pace): void {
  const [submit, list, show] = [jobSubmitter(bridge), jobLister(bridge), jobShower(bridge)];
  const [say, stream] = [jobTeller(bridge), streamOpener(bridge, pace)];
  const [setTo, read] = [panicSetter(bridge), panicReader(bridge)];
  app.openapi(submitJob, (c) => submit(c, c.req.valid("json")));
  app.openapi(listJobs, (c) => list(c, defined(c.req.valid("query"))));
  app.openapi(showJob, (c) => show(c, { ...c.req.valid("param"), ...c.req.valid("query") }));
  app.openapi(readJobEvents, (c) => {
    const { from, agent } = c.req.valid("query");
    const after = c.req.valid("header")["Last-Event-ID"];
    const meant = async () =>
      (await jobFor(bridge, c.get("caller"), "events", { ...c.req.valid("param"), agent })).address;
    return stream(c, bridge.jobs, meant, defined({ from, after }));
  });
  app.openapi(sayToJob.approve, (c) =>
    say(c, "approve", { ...c.req.valid("param"), ...c.req.valid("query") }, c.req.valid("json")),
  );
  app.openapi(sayToJob.deny, (c) =>
    say(c, "deny", { ...c.req.valid("param"), ...c.req.valid("query") }, c.req.valid("json")),
  );
  app.openapi(sayToJob.abort, (c) =>
    say(c, "abort", { ...c.req.valid("param"), ...c.req.valid("query") }, c.req.valid("json")),
  );
  app.openapi(sayToJob.tell, (c) =>
    say(c, "tell", { ...c.req.valid("param"), ...c.req.valid("query") }, c.req.valid("json")),
  );
  app.openapi(sayToJob.retry, (c) =>
    say(c, "retry", { ...c.req.valid("param"), ...c.req.valid("query") }, c.req.valid("json")),
  );
  app.openapi(setPanic, (c) => setTo(c, c.req.valid("json")));
  app.openapi(readPanic, (c) => read(c, c.req.valid("query").agent));
}
