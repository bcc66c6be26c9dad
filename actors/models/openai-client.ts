import type { OpenAI } from "openai";
import type { Endpoint } from "./exchange.ts";
import { MOST_MS, type Watch } from "./watch.ts";

/** Loads the OpenAI library. */
export const loadOpenai = () => import("openai");

/** The OpenAI library on an endpoint, for one exchange. */
export async function openaiClient(endpoint: Endpoint, watch: Watch): Promise<OpenAI> {
  const { OpenAI: Library } = await loadOpenai();
  return new Library({
    apiKey: endpoint.apiKey,
    // The library takes these from the environment, whoever it is to speak to.
    ...(endpoint.provider === "openai" ? {} : { organization: null, project: null }),
    baseURL: endpoint.baseUrl,
    maxRetries: 0,
    timeout: MOST_MS,
    logLevel: "off",
    fetch: watch.fetch,
  });
}
