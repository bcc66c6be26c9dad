import type { Chapter } from "#deploy/error-catalogue.ts";

/** What the commands say when they cannot do what was asked. */
export const commandChapters: readonly Chapter[] = [
  {
    title: "Starting",
    met: "when `thalassa up` starts, and by whatever opens the home",
    troubles: {
      "already-up": [
        "A supervisor runs on this home",
        "use it (`thalassa chat`), stop the process it names, or run a second home: `THALASSA_HOME` and `--port`",
      ],
      "port-taken": [
        "Somebody listens on a port that is wanted; the message says who, where the system tells",
        "stop that, or choose another: `--port`, `--monitor-port`, `--http-port`, for good `thalassa config set bus.port 4333`",
      ],
      "nats-server-missing": [
        "There is no nats-server, and none could be fetched or built; the message says what each way answered",
        "put one on `PATH`, or name a mirror with `THALASSA_NATS_RELEASES`, or a bus with `THALASSA_NATS_URL`",
      ],
      "bus-not-ready": [
        "nats-server was started and did not become ready in two minutes; its last words follow",
        "what it said is in `logs/nats-server.log` in the home too; mend that, and start again",
      ],
      "server-too-old": ["The bus is an older nats-server than is needed", "update it, or let `up` start its own"],
      "no-jetstream": [
        "The bus keeps no streams for our operator",
        "start it with the `nats.conf` of this version, which turns JetStream on",
      ],
      "partitions-differ": [
        "The mail of a kind is cut into another number of partitions",
        "run the version that made it, or let the mail run dry and delete that stream",
      ],
      "home-unusable": ["The home cannot be made or written", "take the right to write there, or set `THALASSA_HOME`"],
      "home-newer": ["A newer version made this home; nothing was touched", "update Thalassa, or name another home"],
      "home-mark-garbled": [
        "`home.json` does not say of which format the home is",
        "put it back from a copy; if no newer version ever ran here, delete it",
      ],
      "bus-file-garbled": ["`nats.json` does not say where the bus is", "delete it; the next `up` writes it"],
      "home-token-unusable": ["`http-token` cannot be read or holds no token", "delete it; the next `up` makes one"],
      "key-missing": [
        "A key is not there",
        "run `up` once, which makes it, or say with `THALASSA_KEYS` where they are",
      ],
      "key-unreadable": ["A key cannot be read or written", "run as its owner, or put its rights back: `chmod 600`"],
      "key-garbled": [
        "A key file holds no seed of a user",
        "put the file back, or delete it and restart `up`, which makes a new key",
      ],
      "key-misnamed": ["No user can have that name", "a lower-case letter, then lower-case letters, digits and `_`"],
    },
  },
  {
    title: "Reaching the bus",
    met: "by every command but `up`; exit code 3",
    troubles: {
      "no-bus": ["No bus was ever started from this home", "`thalassa up`, or `THALASSA_NATS_URL`, or the right home"],
      "bus-unreachable": [
        "Nobody answers where the bus was said to be",
        "start it; or its port moved: `nats.json` in the home says where it is looked for",
      ],
      "bus-key-refused": [
        "The bus does not know our key: it belongs to another home",
        "use that home's keys (`THALASSA_HOME`, `THALASSA_KEYS`), or another port for this one",
      ],
    },
  },
  {
    title: "What was typed",
    met: "by the command it was typed to; most end with 2",
    troubles: {
      "bad-use": ["It cannot be meant so", "the message says what can; `--help` has examples"],
      "bad-token": ["An id cannot stand on a subject", "use up to 240 letters, digits, `_` and `-`, or a plain name"],
      "text-too-long": ["A message has more than 65,536 characters", "say it in parts"],
      left: ["A chat was left before its answer came", "nothing; the answer is in `thalassa log`"],
      failed: [
        "Something nobody thought of; the message is its own",
        "`THALASSA_DEBUG=1` says where; a code such as `ENOENT` is the system's",
      ],
      "fork-refused": ["The new address cannot begin with that past", "see [refusals](#refusals)"],
      "fork-unanswered": ["The wish to fork waits for a process", "`thalassa ps`; it is granted once one runs"],
      unanswered: [
        "An actor does not tell its state: nobody serves it, or whoever does is busy",
        "`thalassa ps` shows whether a process of its kind runs; ask again",
      ],
      "actor-without-log": [
        "Nothing ever happened to that actor, so there is nothing to show of it; one named alike is proposed",
        "check its name: `AGENT.KIND.ID`, or the plain name of a channel; `thalassa log NAME --follow` waits for its first event",
      ],
      "dead-letter-missing": ["There is no dead letter of that number", "`thalassa dead` lists them"],
      "dead-letter-garbled": ["A dead letter lies where no actor is", "`thalassa dead drop`"],
      "token-misnamed": ["A token cannot be named so", "up to 64 lower-case letters, digits, `-` and `_`"],
      "token-exists": ["There is a token of that name", "choose another name, or revoke that one"],
      "token-missing": ["There is no token of that name", "`thalassa token list`"],
    },
  },
  {
    title: "Jobs",
    met: "by `job`, `panic`, and `/task`, `/run`, `/approve`, `/deny`, `/abort` in a chat; see [jobs](jobs.md)",
    troubles: {
      "job-missing": ["There is no job of that id", "`thalassa jobs --all` lists them"],
      "job-ambiguous": ["Several jobs may be meant", "type more of the id, or the whole address"],
      "no-approval": [
        "Nothing waits for an owner's word, or several things do, or not the one that was named",
        "`thalassa job show ID` has what waits, with its id: `thalassa job approve ID a1`",
      ],
      "job-refused": [
        "The job, or the agent's steward, does not want it; its own code and reason are in the message",
        "see [refusals](#refusals); nothing was changed",
      ],
      "job-unanswered": [
        "Nobody has heard in time what was said to a job",
        "`thalassa ps` shows whether workers run; what was said is kept, and heard once one does",
      ],
    },
  },
  {
    title: "Agents and their texts",
    met: "by `agents`, `identity`, and whatever says something to an agent",
    troubles: {
      "agent-missing": ["Nobody made an agent of that name", "`thalassa agents` lists them; `create` makes one"],
      "agent-exists": ["There is an agent of that name", "choose another name, or change its texts"],
      "agent-misnamed": [
        "No agent can be called so",
        "up to 60 letters, digits, `_` and `-`, a letter or digit first; `shared` and `agent` are taken",
      ],
      "text-moved": ["Somebody else changed the text meanwhile; theirs stands", "look at it, and edit again"],
      "editor-failed": [
        "The editor did not start or ended badly; nothing was changed",
        "name another one with `EDITOR`, or `thalassa identity set NAME --file FILE`",
      ],
      "bus-outdated": ["An older version made this bus, without a place for agents", "restart `thalassa up`"],
    },
  },
  {
    title: "Settings",
    met: "by `config`, `setup` and whatever reads settings; the message says which line or variable",
    troubles: {
      "setting-unknown": ["There is no such setting", "`thalassa config` lists all; a near one is proposed"],
      "setting-invalid": ["A setting holds what it may not", "`thalassa config get KEY` says what it accepts"],
      "settings-file-garbled": ["`thalassa.toml` cannot be read, or is no TOML", "mend the line that is named"],
      "settings-file-intricate": ["A line is written as only a person can edit it", "change it there by hand"],
      "settings-unwritable": [
        "What all hosts share lies on the bus, which does not take it",
        "start the bus, or keep the setting in this home: `--file`",
      ],
      "setup-unanswered": ["`setup` has questions and nobody to ask", "give the options it names, or `--yes`"],
    },
  },
  {
    title: "Telegram",
    met: "by `setup telegram` and `pair`; see [Telegram](telegram.md)",
    troubles: {
      "telegram-token-refused": [
        "What was given is no bot's token, or none any more",
        "`/mybots` at @BotFather shows it; all of it is needed, the digits and the colon too",
      ],
      "telegram-unreachable": [
        "The Bot API does not answer, or something else answers in its place",
        "look at the network and the proxy; `thalassa config get telegram.api` says where it is looked for",
      ],
      "telegram-owner-unnamed": [
        "Nobody has sent the code in five minutes, or another program takes what people write",
        "again; or name them: `thalassa setup telegram --owner 4711`",
      ],
      "pair-refused": [
        "The bridge does not want it; its own code and reason are in the message",
        "`thalassa pair` shows who is let in and which codes count; see [refusals](#refusals)",
      ],
      "pair-unanswered": [
        "The bridge has not heard in time what was said to it",
        "`thalassa ps` shows whether it runs; what was said is kept, and heard once it does",
      ],
    },
  },
  {
    title: "Secrets",
    met: "by `secret`, by `doctor`, and in what `up` says when it starts; see [secrets](secrets.md)",
    troubles: {
      "secret-misnamed": ["A secret cannot be named so", "up to 64 letters, digits, `_` and `-`"],
      "secret-invalid": ["Nothing was given, or what no variable can hold", "give 1 to 65,536 characters of text"],
      "secret-missing": ["There is no secret of that name on the bus", "`thalassa secret list`"],
      "secret-garbled": [
        "An entry does not open with the key that it names: somebody changed it",
        "set it anew, or `thalassa secret rm NAME`",
      ],
      "secret-key-missing": [
        "There are sealed secrets, and this home has no master key",
        "copy `secrets.key` from the host where they were set; a lost one is mended by removing what it sealed and setting it anew",
      ],
      "secret-key-unknown": [
        "The secrets are sealed under another master key than this home's: it was rotated elsewhere",
        "copy `secrets.key` from the host that rotated it",
      ],
      "secret-key-garbled": ["`secrets.key`, or the variable, holds no master key", "put it back from a copy"],
      "secret-key-unreadable": ["`secrets.key` cannot be read or written", "run as its owner; `chmod 600`"],
      "secret-key-given": [
        "The environment gives the master key, so that only you can change it",
        "put a new one into `THALASSA_SECRETS_KEY`, the old one into `THALASSA_SECRETS_KEY_OLD`, rotate again",
      ],
      "secret-rotating": ["Another rotation runs on this home", "wait for it"],
    },
  },
  {
    title: "The service",
    met: "by `thalassa service`",
    troubles: {
      "no-service-manager": [
        "No systemd or launchd answers here, as in most containers",
        "have your own supervisor run `thalassa up --no-chat`",
      ],
      "service-unsupported": ["This system has neither systemd nor launchd", "run `thalassa up --no-chat` otherwise"],
      "service-needs-root": ["`--system` takes root", "leave it out: a unit of your own runs at boot too"],
      "service-not-installed": ["There is no service of this home", "`thalassa service install`"],
      "service-failed": [
        "systemctl or launchctl failed; its words follow",
        "`thalassa service logs`, then `install` again",
      ],
    },
  },
];
