import { statfs } from "node:fs/promises";
import type { Reporter } from "./reporter.ts";

/** How much room the disk of the store has. */
export type Room = "enough" | "low" | "full";

/** Bounds between them; after `full` it takes `againBytes` to count as better. */
const BOUNDS = { lowBytes: 256 * 1024 * 1024, fullBytes: 16 * 1024 * 1024, againBytes: 64 * 1024 * 1024 } as const;

/** How often it is looked at. Units: ms. */
const EVERY_MS = 2_000;

/** What the room is now, after what it was. */
export function roomAfter(before: Room, freeBytes: number): Room {
  if (freeBytes < BOUNDS.fullBytes) return "full";
  if (before === "full" && freeBytes < BOUNDS.againBytes) return "full";
  return freeBytes < BOUNDS.lowBytes ? "low" : "enough";
}

/**
 * Watches the disk of the store. A stream that once ran into a full disk takes nothing more, also when there is room
 * again, until its server is started anew: that is done here, and both are said.
 */
export function watchDisk(path: string, reporter: Reporter, restartBus: () => void): Disposable {
  let room: Room = "enough";
  const look = async (): Promise<void> => {
    const { bavail, bsize } = await statfs(path);
    const next = roomAfter(room, bavail * bsize);
    if (next !== room) tell(room, next, Math.round((bavail * bsize) / 1024 / 1024));
    if (room === "full" && next !== "full") restartBus();
    room = next;
  };
  const tell = (before: Room, next: Room, freeMiB: number): void => {
    const event = { event: "disk", room: next, freeMiB };
    if (next === "full") {
      reporter.note(`the disk of ${path} is full: what is said now waits, nothing is lost; make room on it`, event);
    } else if (before === "full") reporter.note("there is room on the disk again; the bus is started anew", event);
    else if (next === "low") reporter.note(`only ${freeMiB} MiB are left on the disk of ${path}`, event);
  };
  const timer = setInterval(() => void look().catch(() => {}), EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
