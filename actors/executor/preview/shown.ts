import type { ServerResponse } from "node:http";

/** What is shown in the place of a preview. */
export type Shown = { readonly status: number; readonly title: string; readonly text: string };

/** What can be true of a preview that cannot be looked at. */
export const SHOWN = {
  unknown: { status: 404, title: "Nothing here", text: "This address belongs to no preview." },
  ended: {
    status: 410,
    title: "This preview has ended",
    text: "Its time is over, or its environment was let go. Ask the agent for a new one.",
  },
  crowded: {
    status: 503,
    title: "Too many at once",
    text: "This preview has as many connections as it takes. Try again.",
  },
  down: {
    status: 502,
    title: "The environment does not run",
    text: "What this preview shows is stopped. Ask the agent to start it again.",
  },
  refused: {
    status: 502,
    title: "Nothing answers",
    text: "No program in the environment listens on this port. It may still be starting: try again.",
  },
  broken: {
    status: 502,
    title: "The program broke off",
    text: "The program in the environment closed the connection before it had answered.",
  },
  slow: {
    status: 504,
    title: "No answer in time",
    text: "The program in the environment took the request and did not begin to answer.",
  },
} as const satisfies Record<string, Shown>;

/** The head of such an answer; nobody keeps it, and it tells its address to nobody. */
const HEAD = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  connection: "close",
} as const;

/** Answers with a page for people, or a line for programs. */
export function show(response: ServerResponse, { status, title, text }: Shown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const page = /\btext\/html\b/.test(response.req.headers.accept ?? "");
  const body = page ? pageOf(title, text) : `${title}. ${text}\n`;
  const type = `text/${page ? "html" : "plain"}; charset=utf-8`;
  response.writeHead(status, { ...HEAD, "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** The same as bytes, for a connection that asked to become something else. */
export function shownBytes({ status, title, text }: Shown): string {
  const body = `${title}. ${text}\n`;
  const head = { ...HEAD, "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(body) };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${title}`, ...lines, "", body].join("\r\n");
}

function pageOf(title: string, text: string): string {
  const style = "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 1rem}";
  const viewport = `<meta name="viewport" content="width=device-width">`;
  return `<!doctype html><html lang="en"><meta charset="utf-8">${viewport}<title>${title}</title><style>${style}</style><h1>${title}</h1><p>${text}</p></html>`;
}
