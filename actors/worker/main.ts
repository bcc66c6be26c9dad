import { thinkOn } from "#actors/thinking/mod.ts";
import { runKindOf } from "#runtime/mod.ts";
import { ENVIRONMENTS_VIEW, HOSTS_VIEW } from "#subjects/executor.ts";
import { PROMPTS } from "#subjects/prompts.ts";
import { workerContract } from "#subjects/worker.ts";
import { workerKind } from "./kind.ts";
import { workerRulesFrom } from "./rules.ts";

await runKindOf(workerContract, async (offers) => {
  const port = {
    ...(await thinkOn("worker", process.env, offers)),
    hosts: () => offers.entriesOf("VIEWS", `${HOSTS_VIEW}.main.*`),
    environments: (env: string) => offers.entriesOf("VIEWS", `${ENVIRONMENTS_VIEW}.main.${env}`),
    policy: (key: string) => offers.entryText(PROMPTS, key),
  };
  return workerKind(port, workerRulesFrom(process.env));
});
