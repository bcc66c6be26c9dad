import type { Home } from "./home.ts";
import { homeTokenFile } from "./home-token.ts";
import { claimPort, LOOPBACK } from "./ports.ts";

/** Where the HTTP bridge is reached, and the file with a token for it. */
export type HttpPlace = { readonly url: string; readonly port: number; readonly tokenFile: string };

/** Claims the port of the HTTP bridge; it stays the same for as long as `up` runs. Throws: PortTaken. */
export async function claimHttp(home: Home, wanted: number): Promise<HttpPlace> {
  const port = await claimPort(wanted, "the HTTP bridge", "--http-port");
  return { url: `http://${LOOPBACK}:${port}`, port, tokenFile: homeTokenFile(home) };
}

/** A first request for people to try. */
export function firstRequest({ url, tokenFile }: HttpPlace): string {
  const body = JSON.stringify({ channel: "ci", text: "hello", wait: true });
  const headers = `-H "Authorization: Bearer $(cat ${quoted(tokenFile)})" -H 'Content-Type: application/json'`;
  return `curl -s ${url}/v1/messages ${headers} -d '${body}'`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
