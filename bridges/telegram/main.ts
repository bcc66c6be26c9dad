import { Api } from "grammy";
import { runKindOf } from "#runtime/mod.ts";
import { telegramContract } from "#subjects/telegram.ts";
import { agentsOn } from "./agents.ts";
import { Caller } from "./api/caller.ts";
import { Pace } from "./api/pace.ts";
import { buttonKey } from "./buttons.ts";
import { LiveTexts } from "./chat/live-text.ts";
import { performChat } from "./chat/perform.ts";
import type { ChatStep } from "./chat/steps.ts";
import { telegramKind } from "./kind.ts";
import { telegramOptionsFrom } from "./options.ts";
import { performPoller } from "./poller/perform.ts";

await runKindOf(telegramContract, async (offers) => {
  const options = telegramOptionsFrom(process.env);
  const { token, api: root, owners, show } = options;
  const api = new Api(token, { apiRoot: root });
  const agents = agentsOn(offers);
  const poll = performPoller({ api, options, bindings: agents.bindings, logger: offers.logger });
  const caller = new Caller(api, new Pace());
  const texts = new LiveTexts(offers.glimpses("channel"));
  const { entriesOf, entryText } = offers;
  const looking = { entriesOf, entryText, agents: agents.all, models: options.models };
  const port = { caller, texts, show, buttonKey: buttonKey(token), api, root, token, ...looking };
  return telegramKind({ ...options, owners }, (step, tools) =>
    step.type === "poll" ? poll(step, tools) : performChat(step as ChatStep, port, tools),
  );
});
