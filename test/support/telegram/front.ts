import type { Arrival } from "./arrival.ts";
import type { CallLog } from "./calls.ts";
import * as editing from "./editing.ts";
import type { Faults, Trouble } from "./faults.ts";
import type { FloodGate, Weight } from "./flood.ts";
import type { Served } from "./parameter-shapes.ts";
import { checkForm, checkParameters, type Given, servedMethod } from "./parameters.ts";
import { flooded, Refusal } from "./refusal.ts";
import * as sending from "./sending.ts";
import * as upkeep from "./upkeep.ts";
import type { Webhook } from "./webhook.ts";
import type { Form, Incoming, Reply } from "./wire.ts";
import type { World } from "./world.ts";

/** All that a call meets. */
export type Front = {
  readonly world: World;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly floods: FloodGate;
  readonly webhook: Webhook;
};

/** How a method is served. */
type Serve<M extends Served> = (world: World, given: Given<M>, arrival: Arrival) => unknown;

const SERVES: { readonly [M in Served]: Serve<M> } = { ...editing, ...sending, ...upkeep };

/** What counts against the limits. */
const WEIGHTS: { readonly [M in Served]?: Weight } = {
  sendMessage: "message",
  sendRichMessage: "message",
  sendPhoto: "message",
  sendDocument: "message",
  editMessageText: "edit",
  editMessageCaption: "edit",
  editMessageMedia: "edit",
  editMessageReplyMarkup: "edit",
  sendMessageDraft: "draft",
  sendRichMessageDraft: "draft",
};

/** A call whose parameters are right. */
type Checked = { readonly method: Served; readonly given: Readonly<Record<string, unknown>> };

/** What a call has in it that can be shown: of a file its name and size. */
type Shown = Readonly<Record<string, unknown>>;

/** Answers a call, or the download of a file. */
export async function answerTo(front: Front, incoming: Incoming): Promise<Reply> {
  const [, fileToken, path] = /^\/file\/bot([^/]+)\/(.+)$/.exec(incoming.path) ?? [];
  if (fileToken !== undefined && path !== undefined) return download(front, fileToken, path);
  const [, token, name = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(incoming.path) ?? [];
  if (token !== front.world.settings.token) return json(new Refusal(401, "Unauthorized"));
  const method = servedMethod(name);
  const shown = shownOf(incoming.body);
  const end = front.calls.begin(method ?? name, shown);
  const note = (thrown: unknown): never => {
    if (thrown instanceof Refusal && thrown.isBug) front.calls.violated(`${method ?? name}: ${thrown.message}`);
    throw thrown;
  };
  try {
    if (method === undefined) throw new Refusal(404, "method not found", { isBug: true });
    const given =
      incoming.body.type === "json"
        ? checkParameters(method, incoming.body.given)
        : checkForm(method, incoming.body.fields);
    const trouble = front.faults.of({ method, chat: chatIn(given), parameters: shown });
    const call: Checked = { method, given };
    if (trouble !== undefined) return await spoilt(trouble, () => perform(front, call, incoming).catch(note), end);
    const result = await perform(front, call, incoming);
    end(incoming.gone.aborted ? "hung" : "ok");
    return { type: "json", status: 200, body: { ok: true, result } };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) return broken(front.calls, `${method ?? name}: ${thrown}`, end);
    if (thrown.isBug) front.calls.violated(`${method ?? name}: ${thrown.message}`);
    end(thrown.code === 429 ? "flooded" : "refused", thrown.message);
    return json(thrown);
  }
}

async function perform(
  { world, floods, webhook }: Front,
  { method, given }: Checked,
  incoming: Incoming,
): Promise<unknown> {
  const weight = WEIGHTS[method];
  const chat = chatIn(given);
  if (weight !== undefined && chat !== undefined) {
    const wait = floods.wait(chat, weight, Date.now());
    if (wait !== undefined) throw flooded(wait);
  }
  const files = incoming.body.type === "form" ? incoming.body.files : NO_FILES;
  const serve = SERVES[method] as (world: World, given: unknown, arrival: Arrival) => unknown;
  return await serve(world, given, { files, gone: incoming.gone, webhook });
}

const NO_FILES: Form["files"] = new Map();

/** What a fault makes of a call. */
async function spoilt(
  trouble: Trouble,
  act: () => Promise<unknown>,
  end: ReturnType<CallLog["begin"]>,
): Promise<Reply> {
  switch (trouble.type) {
    case "lose-answer":
      end("lost", await failureOf(act));
      return { type: "break" };
    case "time-out":
      end("hung", trouble.acts === true ? await failureOf(act) : undefined);
      return { type: "hang" };
    case "502": {
      const failure = trouble.acts === true ? await failureOf(act) : undefined;
      end(trouble.acts === true ? "lost" : "failed", failure ?? "Bad Gateway");
      return json(new Refusal(502, "Bad Gateway"));
    }
    case "reset":
      end("failed", "connection reset");
      return { type: "break" };
    case "429":
      throw flooded(trouble.retryAfter ?? 1);
    case "409":
      throw new Refusal(409, "terminated by other getUpdates request; make sure that only one bot instance is running");
    case "blocked":
      throw new Refusal(403, "bot was blocked by the user");
    case "reject":
      throw new Refusal(trouble.code ?? 400, trouble.description.replace(/^(Bad Request|Forbidden): /, ""));
  }
}

/** Acts, and gives why that was refused, where it was. */
async function failureOf(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return thrown.message;
  }
}

/** The fake itself is wrong: nobody is to take that for a fault that was asked for. */
function broken(calls: CallLog, why: string, end: ReturnType<CallLog["begin"]>): Reply {
  calls.violated(`the fake failed, mend it: ${why}`);
  end("failed", why);
  return { type: "break" };
}

async function download({ world, calls, faults }: Front, token: string, path: string): Promise<Reply> {
  const end = calls.begin("file", { path });
  const kept = [...world.files.values()].find((file) => file.path === path);
  if (token !== world.settings.token || kept === undefined) {
    end("refused", "Not Found");
    return json(new Refusal(404, "Not Found"));
  }
  try {
    const trouble = faults.of({ method: "file", chat: undefined, parameters: { path } });
    if (trouble !== undefined) return await spoilt(trouble, () => Promise.resolve(), end);
    end("ok");
    return { type: "bytes", bytes: kept.bytes };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    end(thrown.code === 429 ? "flooded" : "refused", thrown.message);
    return json(thrown);
  }
}

function json(refusal: Refusal): Reply {
  return { type: "json", status: refusal.code, body: refusal.body() };
}

function chatIn(given: unknown): number | undefined {
  const isObject = typeof given === "object" && given !== null && "chat_id" in given;
  return isObject && typeof given.chat_id === "number" ? given.chat_id : undefined;
}

function shownOf(body: Incoming["body"]): Shown {
  if (body.type === "json") return Object(body.given);
  const files = [...body.files].map(
    ([id, { name, bytes }]) => [`attach://${id}`, { name, bytes: bytes.length }] as const,
  );
  return { ...body.fields, ...Object.fromEntries(files) };
}
