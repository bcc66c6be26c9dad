import { LLMock } from "@copilotkit/aimock";
import { SLOWLY, STREAMED, THINKER } from "./asking.ts";

/** A third party's stand-in for a model's server, as its own process: it answers at once, or word by word when it is asked to. */
const CONTENT =
  "This is an answer of some twenty words, as a model would give it to somebody who only wants to hear a few of them.";

/** It would keep every request that it ever got. */
const KEPT_REQUESTS = 4;

const mock = await LLMock.create({ port: 0, chunkSize: 16, journalMaxEntries: KEPT_REQUESTS });
const usage = { input_tokens: 100, output_tokens: 20 };
mock.on({ userMessage: SLOWLY }, { content: CONTENT, usage }, STREAMED);
mock.on({ model: THINKER }, { content: CONTENT, usage });
const ready = { event: "ready", time: Date.now(), msg: "the stand-in is ready", url: mock.url };
process.stdout.write(`${JSON.stringify(ready)}\n`);
process.stdin.on("end", () => process.exit(0)).resume();
