import { EngineError, type Ran } from "./engine.ts";

/** How a shell, or what gives a program its time, says that it could begin no other program. */
const SIGN = /^(?:\S+: )+(?:can(?:not|'t) fork\b.*|fork\b.*resource temporarily unavailable.*)/im;

/** Gives back what a script of ours came to. Throws: EngineError `refused` where it could begin no program. */
export function requireRoom(ran: Ran): Ran {
  const [said] = SIGN.exec(ran.stderr.subarray(0, 4_096).toString()) ?? [];
  if (said !== undefined) throw new EngineError("refused", said.slice(0, 300));
  return ran;
}

/** Why an environment is ended in which nothing more can be begun: nothing in it can be ended either. */
export function crowded({ message }: EngineError): string {
  return `its environment has reached its bound of processes, so that nothing more could be begun in it (${message}). All that ran in it was ended; its files are kept.`;
}
