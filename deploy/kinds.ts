import type { AnyKind } from "#runtime/mod.ts";
import { KINDS } from "#subjects/mod.ts";
import { BadUse } from "./failure.ts";
import { kindRoom } from "./kind-room.ts";

/** The code of a kind, for commands that fold logs themselves; loaded when it is asked for. Throws: BadUse. */
export async function loadKind(name: string): Promise<AnyKind> {
  checkKind(name);
  const code: Readonly<Record<string, AnyKind | undefined>> = await import(`#${kindRoom(name)}/kind.ts`);
  const kind = code[name];
  if (kind === undefined) throw new TypeError(`${kindRoom(name)}/kind.ts exports no ${name}`);
  return kind;
}

/** Throws: BadUse when there is no such kind. */
export function checkKind(name: string): void {
  if (KINDS.some(({ kind }) => kind === name)) return;
  throw new BadUse(`there is no kind ${name}`, `the kinds are: ${KINDS.map(({ kind }) => kind).join(", ")}`);
}
