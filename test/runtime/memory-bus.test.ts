import { describeBus } from "#support/bus-suite.ts";
import { MemoryBus } from "#support/memory-bus.ts";
import { MemoryStore } from "#support/memory-store.ts";

describeBus("the bus in memory", async () => {
  const store = new MemoryStore();
  return {
    bus: new MemoryBus(store, "p1"),
    now: () => store.now,
    pass: async (ms) => store.advance(ms),
    mailOf: async (address) =>
      store.mail
        .waiting()
        .filter((mail) => mail.address === address)
        .map(({ verb, body, headers }) => ({ verb, headers, data: JSON.parse(Buffer.from(body).toString()) })),
    forge: async (address, event, data) => void store.log.forge(address, event, data),
    view: async (key) => store.view(key)?.data,
    dead: async () => store.dead.map(({ id, code, body }) => ({ id, code, body: Buffer.from(body).toString() })),
    [Symbol.asyncDispose]: async () => {},
  };
});
