/** Something a person sees, and where to look, likeliest first. */
export type Symptom = { readonly seen: string; readonly look: readonly string[] };

/** What people come with. */
export const SYMPTOMS: readonly Symptom[] = [
  {
    seen: "The bus does not start",
    look: [
      "`nats-server-missing`: none is there and none could be had; each way's answer stands in the message.",
      "`bus-not-ready`: the last lines of `logs/nats-server.log` in the home follow. `up` tries again and again for two minutes before it says so; `Ctrl-C` and that file are quicker.",
      "A large store takes its time: it is read back before the server listens, for which `up` waits two minutes.",
    ],
  },
  {
    seen: "A port is taken",
    look: [
      "`port-taken` names the process where the system tells. Is it your own other home? Then `--port`, and for good `thalassa config set bus.port N`.",
      "`already-up` is another thing: this very home runs.",
      "The monitoring port is the bus's plus 4000, and HTTP's is 8420: a bus on 4420 puts both on the same one. Set one of them.",
    ],
  },
  {
    seen: "The disk is full",
    look: [
      "`up` says so, and `thalassa doctor` under `disk`. What is said is not confirmed, so senders wait and try again; nothing that was confirmed is lost.",
      "Make room: at least 64 MiB, or `up` does not believe it. It then starts the bus anew, since a stream that once met a full disk takes nothing more until then.",
      "Where the bus is not started by `up` (`THALASSA_NATS_URL`), restart it by hand once there is room.",
      "For good: `thalassa doctor` shows growth a day and days left; see growth in [operations](operations.md#growth-and-trimming).",
    ],
  },
  {
    seen: "Answers do not come",
    look: [
      "`thalassa ps`: does a process of kind `channel` run? A line says so when none does.",
      "`thalassa log NAME`: is the message `heard`? Then the step runs, or has `failed` with a reason. Is it not? Then mail waits, see below.",
      "`thalassa tap` shows words as they come (`….live.delta`), and refusals (`….live.refusal`).",
      "`thalassa dead`: mail that nobody could read is there, with its reason.",
    ],
  },
  {
    seen: "Messages wait",
    look: [
      "`thalassa doctor` under `mail` says how many, whether they are worked on, and since when.",
      "No process of the kind: start one. What was said meanwhile is answered then.",
      "A process that is stopped and not dead (`kill -STOP`, a debugger) loses its partitions within a second, if another one of its kind runs.",
    ],
  },
  {
    seen: "A process dies again and again",
    look: [
      "`up` starts it anew, ever later (up to some seconds), and says what it died of; as a service, `thalassa service logs`.",
      "If it is the same message each time: after the third death it is not tried again, and the person is told so (`abandoned`).",
    ],
  },
  {
    seen: "A second host",
    look: [
      "A bus that `up` starts listens on 127.0.0.1 alone. Another host needs a nats-server of your own, with the `nats.conf` of this version and TLS, named on both by `THALASSA_NATS_URL`; and the same `keys/`, named by `THALASSA_KEYS`.",
      "`bus-key-refused`: those keys are another home's.",
      "Clocks more than two seconds apart are named by `thalassa doctor`: duplicates and timers go by them.",
      "Setting up several hosts is not done for you yet, and was not tried for these pages.",
    ],
  },
  {
    seen: "The bot at Telegram does not answer",
    look: [
      "`thalassa ps`: does `telegram` run? Where it is not set up, the line says what it lacks, and `thalassa setup telegram` does it; then start `up` anew.",
      "`thalassa doctor` under `telegram` says what stands in the way at Telegram: a token that was revoked (`thalassa secret set TELEGRAM_BOT_TOKEN`), a webhook, a second program.",
      "`thalassa pair`: was this person let in? Whoever is not is told a code, once; `thalassa pair approve CODE`.",
      "In a group it answers where it is mentioned or answered; what else it sees is between `telegram.groups` and the privacy mode of the bot: see [groups](telegram.md#groups).",
      "`thalassa log main.telegram.poller` tells what came in, `thalassa log main.telegram.4711` what became of it in one chat.",
    ],
  },
  {
    seen: "A second program runs the same bot (409)",
    look: [
      "Telegram gives what people write to one program at a time. Two that ask for it take it from each other; nothing is lost, and answers are late.",
      "A second home, another host, an earlier test of yours, or another program altogether: find it and stop it. If you cannot, `/revoke` at @BotFather makes a new token, which only you have: `thalassa secret set TELEGRAM_BOT_TOKEN`.",
      "Processes of the kind `telegram` on several hosts of one bus are no second program: one of them asks.",
    ],
  },
  {
    seen: "The bot was blocked, or thrown out of a group",
    look: [
      "What was to be shown there is kept as dead letters, `thalassa dead`; nothing is tried again and again.",
      "Once the person has unblocked it, or the group has let it in again, they say something; `thalassa dead retry N` shows what was left.",
    ],
  },
  {
    seen: "The webhook of Telegram brings nothing",
    look: [
      "`thalassa config get telegram.webhook_url` has to be an https address with a certificate that Telegram trusts, on port 443, 80, 88 or 8443, and to lead to `telegram.webhook_host` and `telegram.webhook_port` of the host where `telegram` runs.",
      "`thalassa doctor` under `telegram` says what Telegram last said of it. A proxy has to pass on the header `X-Telegram-Bot-Api-Secret-Token`.",
      "Without an address that can be reached: `thalassa config set telegram.mode polling`, and start `up` anew.",
    ],
  },
  {
    seen: "It is slow",
    look: [
      "`durability` `disk` syncs every write; `thalassa config get durability`.",
      "`thalassa doctor` under `snapshots` names actors that are read back whole each time.",
      "`thalassa ps` shows steps and memory; several processes of a kind share its partitions: `thalassa config set processes.channel 2`.",
    ],
  },
  {
    seen: "Something was said twice, or the past looks wrong",
    look: [
      "`thalassa replay NAME` folds the log anew and says where the actor differs. Where a log was trimmed it says so too, and then its advice must not be followed: see [operations](operations.md#growth-and-trimming).",
      "`thalassa log NAME --json` has the cause of every event: two events with one cause would be a mistake in Thalassa.",
      "A list (`ps`, views) that does not agree with the logs: `thalassa doctor --rebuild-views`.",
    ],
  },
];
