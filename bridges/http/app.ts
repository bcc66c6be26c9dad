import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import type { Bridge } from "./bridge.ts";
import { admit, type HttpEnv } from "./caller.ts";
import { defined } from "./defined.ts";
import type { Pace } from "./event-stream.ts";
import { eventStreamer, readEvents } from "./events.ts";
import { healthz, readyz, requireReady } from "./health.ts";
import { addJobs } from "./job-app.ts";
import { messagePoster, postMessage } from "./messages.ts";
import { openApiDocument, ROUTES } from "./openapi.ts";
import { Problem } from "./problem.ts";
import { readState, stateReader } from "./state.ts";
import { stopTurn, turnStopper } from "./stop.ts";

/** Largest body that is read: a message's longest text, each character of it escaped. Units: bytes. */
const MAX_BODY_BYTES = 512 * 1024;

/** The bridge as something that answers requests; it needs no socket. `pace` is for tests. */
export function httpApp(bridge: Bridge, pace?: Pace): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (!result.success) throw unreadable(result.error);
    },
  });
  const document = openApiDocument();
  app.use("/v1/*", admit(bridge.holders, bridge.options), bounded);
  const [post, stream] = [messagePoster(bridge), eventStreamer(bridge, pace)];
  const [stop, state] = [turnStopper(bridge), stateReader(bridge)];
  app.openapi(postMessage, (c) => post(c, c.req.valid("json")));
  app.openapi(readEvents, (c) => {
    const { from, agent } = c.req.valid("query");
    const after = c.req.valid("header")["Last-Event-ID"];
    return stream(c, { ...c.req.valid("param"), ...defined({ from, agent, after }) });
  });
  app.openapi(stopTurn, (c) => stop(c, { ...c.req.valid("param"), ...defined(c.req.valid("query")) }));
  app.openapi(readState, (c) => state(c, c.req.valid("param").address, c.req.valid("query").at));
  addJobs(app, bridge, pace);
  app.openapi(healthz, (c) => c.json({ status: "ok" as const }, 200));
  app.openapi(readyz, async (c) => {
    await requireReady(bridge);
    return c.json({ status: "ok" as const }, 200);
  });
  app.get("/openapi.json", (c) => c.json(document));
  app.notFound((c) => nothingHere(c.req.method, c.req.path).response());
  app.onError((error) => problemOf(error, bridge).response());
  return app;
}

const tooLarge = (): never => {
  throw new Problem("too-large", `The body has more than ${MAX_BODY_BYTES} bytes.`);
};

const counted = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });

/** A body that says its length is refused by that; another one is counted. */
const bounded = createMiddleware<HttpEnv>(async (c, next) => {
  const length = c.req.header("Content-Length");
  if (length === undefined) return counted(c, next);
  return Number(length) > MAX_BODY_BYTES ? tooLarge() : next();
});

function unreadable(error: z.ZodError): Problem {
  const errors = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  const long = error.issues.find(({ code, path }) => code === "too_big" && path[0] === "text");
  if (long !== undefined) return new Problem("text-too-long", long.message, { errors });
  return new Problem("invalid-request", errors.map(({ path, message }) => `${path}: ${message}`).join("; "), {
    errors,
  });
}

function problemOf(error: unknown, { logger }: Bridge): Problem {
  if (error instanceof Problem) {
    if (error.status >= 500) logger.debug({ event: "problem", code: error.code, err: error.more.cause }, error.message);
    return error;
  }
  if (error instanceof HTTPException && error.status === 415) {
    return new Problem("not-json", "The body is said to be something else than JSON.");
  }
  if (error instanceof HTTPException && error.status === 400) return new Problem("malformed-json", error.message);
  logger.error({ event: "problem", code: "internal", err: error }, "a request met what it did not expect");
  return new Problem("internal", "Something happened that should not.", { cause: error });
}

function nothingHere(method: string, path: string): Problem {
  const there = ROUTES.filter((route) => route.pattern.test(path)).map((route) => route.method.toUpperCase());
  if (there.length === 0) return new Problem("no-route", `${path} is no path of this API.`);
  const allow = [...there, ...(there.includes("GET") ? ["HEAD"] : [])].join(", ");
  return new Problem("wrong-method", `${method} is not for ${path}.`, { headers: { Allow: allow } });
}
