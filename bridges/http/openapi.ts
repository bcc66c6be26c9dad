import { OpenAPIHono } from "@hono/zod-openapi";
import { readEvents } from "./events.ts";
import { healthz, readyz } from "./health.ts";
import { listJobs, readJobEvents, readPanic, sayToJob, setPanic, showJob, submitJob } from "./job-routes.ts";
import { postMessage } from "./messages.ts";
import { readState } from "./state.ts";
import { stopTurn } from "./stop.ts";

/** Every route that the API describes. */
export const DESCRIBED = [
  ...[postMessage, readEvents, stopTurn, readState],
  ...[submitJob, listJobs, showJob, readJobEvents, ...Object.values(sayToJob), setPanic, readPanic],
  ...[healthz, readyz],
] as const;

/** Every path there is, and the method it takes. */
export const ROUTES: readonly { readonly method: string; readonly pattern: RegExp }[] = [
  ...DESCRIBED.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`) })),
  { method: "get", pattern: /^\/openapi\.json$/ },
];

/** The API as it describes itself. Source: OpenAPI 3.1. */
export function openApiDocument(): ReturnType<OpenAPIHono["getOpenAPI31Document"]> {
  const app = new OpenAPIHono();
  for (const route of DESCRIBED) app.openAPIRegistry.registerPath(route);
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "A token of `thalassa token create`; thalassa up writes the first one to http-token in its home.",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Thalassa",
      version: "1",
      description:
        "Messages and jobs in, answers and events out. Every answer that is none is a problem of RFC 9457 with a stable code.",
    },
    servers: [{ url: "http://127.0.0.1:8420" }],
  });
}
