import type { z } from "zod";
import {
  ENVIRONMENTS_VIEW,
  type ExecutorEvent,
  type environmentViewSchema,
  HOSTS_VIEW,
  type hostViewSchema,
} from "#subjects/executor.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import { nextTending } from "./rules.ts";

type HostEntry = Omit<z.output<typeof hostViewSchema>, "seq">;
type EnvironmentEntry = Omit<z.output<typeof environmentViewSchema>, "seq">;

/** What leaves with an event of a host. */
type ExecutorSend =
  | { readonly type: "view"; readonly view: typeof HOSTS_VIEW; readonly data: HostEntry }
  | {
      readonly type: "view";
      readonly view: typeof ENVIRONMENTS_VIEW;
      readonly id: string;
      readonly data: EnvironmentEntry;
    }
  | {
      readonly type: "mail";
      readonly to: Address;
      readonly verb: "attach" | "detach" | "result";
      readonly data: object;
    }
  | { readonly type: "timer"; readonly dueAt: number; readonly verb: "tend"; readonly data: object };

type Sends = Readonly<Record<string, ExecutorSend>>;
type Room = {
  readonly running: number;
  readonly free: number;
  readonly engine: string;
  readonly problem?: string | undefined;
};
type Of = { readonly address: Address; readonly at: number };

/** Jobs are told how their environments and orders stand; hosts and environments are shown. */
export function sends(event: ExecutorEvent, of: Of): Sends {
  switch (event.type) {
    case "opened": {
      const { lowering, gone, engine } = event.data;
      return { ...host(event.data, of), ...leaving(lowering, engine, of), ...vanished(gone, engine, of) };
    }
    case "raising":
      return { ...host(event.data, of), ...shown(event.data, { state: "raising" }, of) };
    case "raised": {
      const { env, by, order, engine, notes, fresh } = event.data;
      const isFresh = fresh === true ? { fresh } : {};
      return {
        attach: { type: "mail", to: by, verb: "attach", data: { env, order, engine, notes, ...isFresh } },
        ...host(event.data, of),
        ...shown(event.data, { state: "up" }, of),
        ...tending(of),
      };
    }
    case "declined":
      return { detach: detach(event.data) };
    case "ordered":
      return {};
    case "finished":
      return finished(event.data, of);
    case "lowering":
      return leaving([event.data], event.data.engine, of);
    case "lowered":
      return lowered(event.data, of);
    case "tended":
      return { ...leaving(event.data.pruned, event.data.engine, of), ...(event.data.again ? tending(of) : {}) };
    default:
      return {};
  }
}

function finished(data: Extract<ExecutorEvent, { type: "finished" }>["data"], of: Of): Sends {
  const { by, order, result, previews } = data;
  const answer: Sends = { result: { type: "mail", to: by, verb: "result", data: { order, result } } };
  return previews === undefined ? answer : { ...answer, ...shown(data, { state: "up", previews }, of) };
}

function lowered(data: Extract<ExecutorEvent, { type: "lowered" }>["data"], of: Of): Sends {
  const { by, keep, why, tells, unfinished } = data;
  const results = unfinished.map(({ order, result }, at): [string, ExecutorSend] => [
    `result-${at}`,
    { type: "mail", to: by, verb: "result", data: { order, result } },
  ]);
  return {
    ...Object.fromEntries(results),
    ...(tells ? { detach: detach(data) } : {}),
    ...host(data, of),
    ...shown(data, { state: keep ? "kept" : "gone", why }, of),
    ...(keep ? tending(of) : {}),
  };
}

function detach({ env, by, why }: { readonly env: string; readonly by: Address; readonly why: string }): ExecutorSend {
  return { type: "mail", to: by, verb: "detach", data: { env, why } };
}

function host({ running, free, engine, problem }: Room, { at }: Of): Sends {
  const data = { engine, running, free, at, ...(problem === undefined ? {} : { problem }) };
  return { host: { type: "view", view: HOSTS_VIEW, data } };
}

function shown(
  { env, by, engine }: { readonly env: string; readonly by: Address; readonly engine: string },
  how: Pick<EnvironmentEntry, "state" | "why" | "previews">,
  { address, at }: Of,
): Sends {
  const data = { host: parseAddress(address).id, by, engine, at, ...how };
  return { [`show-${env}`]: { type: "view", view: ENVIRONMENTS_VIEW, id: env, data } };
}

function leaving(
  environments: readonly { readonly env: string; readonly by: Address; readonly why: string }[],
  engine: string,
  of: Of,
): Sends {
  const each = environments.map(({ env, by, why }) => shown({ env, by, engine }, { state: "lowering", why }, of));
  return Object.assign({}, ...each);
}

function vanished(
  environments: readonly { readonly env: string; readonly by: Address }[],
  engine: string,
  of: Of,
): Sends {
  const how = { state: "gone", why: "Its workspace was found gone." } as const;
  return Object.assign({}, ...environments.map(({ env, by }) => shown({ env, by, engine }, how, of)));
}

/** One timer however often it is set: it has the name and the hour of the one that stands. */
function tending({ at }: Of): Sends {
  const dueAt = nextTending(at);
  return { tend: { type: "timer", dueAt, verb: "tend", data: { at: dueAt } } };
}
