import { z } from "zod";
import { readBus } from "#deploy/bus-file.ts";
import { reasonOf } from "#deploy/errors.ts";
import type { Home } from "#deploy/home.ts";
import { bad, type Finding, good } from "./finding.ts";

/** How long the bridge has to answer. Units: ms. */
const ANSWER_MS = 3_000;

const problemSchema = z.object({ detail: z.string() });

/** Whether the HTTP bridge of a home answers; undefined when it was started without one. */
export async function httpHere(
  home: Pick<Home, "busFile">,
): Promise<{ readonly url: string; readonly isReady: boolean; readonly why?: string } | undefined> {
  const url = readBus(home)?.http;
  if (url === undefined) return undefined;
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (answer.ok) return { url, isReady: true };
    const { success, data } = problemSchema.safeParse(await answer.json());
    return { url, isReady: false, why: success ? data.detail : `it answers ${answer.status}` };
  } catch (error) {
    return { url, isReady: false, why: reasonOf(error) };
  }
}

/** The HTTP bridge answers, and what it needs is there. */
export async function checkHttp(home: Pick<Home, "busFile">): Promise<readonly Finding[]> {
  const here = await httpHere(home);
  if (here === undefined) return [good("http", "not started here; thalassa up starts it unless it is told --no-http")];
  if (here.isReady) return [good("http", `ready at ${here.url}`)];
  return [bad("http", `not ready at ${here.url}: ${here.why}`, "thalassa up starts it, and says what it dies of")];
}
