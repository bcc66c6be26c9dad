import { runClient } from "#runtime/mod.ts";
import { httpContract } from "#subjects/clients.ts";
import { Bridge } from "./bridge.ts";
import { httpOptions } from "./options.ts";
import { HttpServer } from "./server.ts";

await runClient(httpContract.client, async (client, _name, logger) => {
  client.wire.listen((event) => {
    if (event.type !== "refused") return;
    logger.error(
      { event: "refused", err: event.error },
      "the bus refuses something; restart thalassa up, so that it reads the rights of this version",
    );
  });
  const server = await HttpServer.listen(new Bridge(client, httpOptions(process.env), logger));
  return { told: { url: server.url }, stop: () => server.stop() };
});
