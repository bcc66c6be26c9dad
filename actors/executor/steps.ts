import type { Executed } from "#subjects/executor.ts";
import type { Bounds } from "#subjects/order.ts";
import type { Environment, ExecutorState, Preview } from "./state.ts";

/** The engine is looked at for as long as the process lives; what it needs to have again at its start goes with it. */
export type WatchStep = {
  readonly type: "watch";
  readonly endless: true;
  readonly previews: readonly (Preview & { readonly env: string })[];
  readonly doors: readonly { readonly env: string; readonly hosts: readonly string[] }[];
};

/** An environment is to be there. */
export type UpStep = {
  readonly type: "up";
  readonly env: string;
  readonly bounds: Bounds;
  readonly image?: string;
};

/** An environment is to be gone. */
export type DownStep = { readonly type: "down"; readonly endless: true; readonly env: string; readonly keep: boolean };

/** Something is to be done in an environment. `done` are names of orders that have ended there. */
export type OrderStep = {
  readonly type: "order";
  readonly endless?: true;
  readonly env: string;
  readonly boot: string;
  readonly order: Executed;
  readonly done: readonly string[];
};

/** What a host may want done. */
export type ExecutorStep = WatchStep | UpStep | DownStep | OrderStep;

/** What should be running: the engine is watched, environments come and go, and orders are done side by side. */
export function steps(state: ExecutorState): Readonly<Record<string, ExecutorStep>> {
  const wanted: Record<string, ExecutorStep> = { watch: watch(state) };
  for (const [env, environment] of Object.entries(state.environments)) {
    const { wish, end, boot } = environment;
    if (environment.state === "raising" && wish !== undefined) {
      const image = wish.image === undefined ? {} : { image: wish.image };
      wanted[`up-${env}`] = { type: "up", env, bounds: wish.bounds, ...image };
    }
    if (environment.state === "lowering" && end !== undefined) {
      wanted[`down-${env}`] = { type: "down", endless: true, env, keep: end.keep };
    }
    if (environment.state === "up" && boot !== undefined) Object.assign(wanted, orders(env, boot, environment));
  }
  return wanted;
}

/** The key of an order's step. */
export function orderKey(env: string, order: string): string {
  return `order-${env}:${order}`;
}

function orders(env: string, boot: string, { open, done }: Environment): Readonly<Record<string, OrderStep>> {
  return Object.fromEntries(
    Object.entries(open).map(([name, order]): [string, OrderStep] => {
      // A program outlives this process any number of times: its step only follows it.
      const endless = order.verb === "exec" ? { endless: true as const } : {};
      return [orderKey(env, name), { type: "order", ...endless, env, boot, order, done }];
    }),
  );
}

function watch({ environments }: ExecutorState): WatchStep {
  const up = Object.entries(environments).filter(([, { state }]) => state === "up");
  return {
    type: "watch",
    endless: true,
    previews: up.flatMap(([env, { previews }]) => previews.map((preview) => ({ env, ...preview }))),
    doors: up.map(([env, { admitted }]) => ({ env, hosts: admitted })),
  };
}
