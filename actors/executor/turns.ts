/** Does something when all that came before it for the same environment is over. */
export type InTurn = <T>(env: string, work: () => Promise<T>) => Promise<T>;

/** One thing at a time for each environment; what failed before does not count. */
export function turns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(env: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(env) ?? Promise.resolve()).then(work, work);
    last.set(env, mine);
    try {
      return await mine;
    } finally {
      if (last.get(env) === mine) last.delete(env);
    }
  };
}
