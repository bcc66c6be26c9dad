import { Socket } from "node:net";

/** How long a program inside may take to be connected to. Units: ms. */
const MOST_MS = 10_000;

/**
 * A process of its own that has an environment's network and nothing else to do: it connects to ports there and hands the
 * connections to whoever began it. It ends with that one.
 */
process.on("message", ({ id, port }: { readonly id: number; readonly port: number }) => {
  const socket = new Socket();
  // Nothing is read before it is handed on.
  socket.pause();
  const timer = setTimeout(() => socket.destroy(new Error("it took too long")), MOST_MS);
  socket.once("error", ({ message }) => {
    clearTimeout(timer);
    process.send?.({ id, problem: message });
  });
  socket.connect({ host: "127.0.0.1", port }, () => {
    socket.setNoDelay(true);
    clearTimeout(timer);
    process.send?.({ id }, socket);
  });
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true });
