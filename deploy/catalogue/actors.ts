import type { Chapter } from "#deploy/error-catalogue.ts";

/** What goes wrong with mail, answers and processes, rather than with what somebody typed. */
export const actorChapters: readonly Chapter[] = [
  {
    title: "Refusals",
    met: "as `refused` where it was said, on `….live.refusal`, and as `code` of HTTP's `refused` or `channel-full`; nothing was changed",
    troubles: {
      "too-many-waiting": [
        "More messages wait in this channel than it takes on at once",
        "say it again when some are answered; if none is, see *answers do not come*",
      ],
      "charge-unsigned": [
        "A charge names no actor that called a model",
        "send it as that actor, with `Thalassa-From`; people have nothing to charge",
      ],
      "charge-foreign": [
        "A charge is of another agent, or for no conversation of this one",
        "mend the sender: it charges the cortex of the agent whose conversation it is",
      ],
      "not-thinking": [
        "A branch was told something, or to end, that had ended already or was never begun",
        "read its conclusion in the conversation; begin another one",
      ],
      "not-known": [
        "Somebody whom this installation does not know wanted a job",
        "an owner may let them: `thalassa config set roles.users …`, see [policy](policy.md)",
      ],
      "not-owner": ["Only an owner may do that", "ask one, or see the setting `roles.owners`"],
      "not-yours": ["Only its owners and whoever began it may say what becomes of a job", "ask one of them"],
      "approval-expired": ["It was allowed too late", "`thalassa job retry ID` asks again"],
      "job-state": ["A job cannot do that where it stands", "`thalassa job show ID` tells how it stands"],
      "no-job": ["No job was ever begun under that address", "`thalassa jobs --all` lists them"],
      "foreign-job": [
        "An actor said something to a job that is not its to say",
        "mend the sender; people are never told this",
      ],
      "too-many-queued": [
        "As many jobs of this person wait as may",
        "wait until some have ended, abort some, or raise `jobs.person_queued`",
      ],
      "panic-on": ["All jobs are stopped already", "`thalassa panic off` lets them go on"],
      "panic-off": ["Nothing is stopped", "`thalassa panic on` stops all jobs"],
      "no-such-code": [
        "Nobody asks to be let in with that code: it is over after an hour, and after it was decided on",
        "`thalassa pair` lists the codes; have them write to the bot again",
      ],
      "no-such-person": [
        "That person was not let in by a code",
        "`thalassa pair` lists who was; who is an owner or user by a setting is taken out there",
      ],
      "too-many-people": ["As many people are let in as can be", "`thalassa pair remove PERSON` makes room"],
      "not-a-chat": ["The poller of Telegram was told what is for a chat", "mend the sender"],
      "not-the-poller": ["A chat of Telegram was told what is for the poller", "send it to `main.telegram.poller`"],
      "has-a-past": ["A fork was wanted under an address that has a log", "fork to another name"],
      "other-kind": ["A fork was wanted of an actor of another kind", "fork to an address of the same kind"],
      "no-such-past": ["Nothing had happened to the other by then", "take a sequence from `thalassa log`"],
    },
  },
  {
    title: "Dead letters",
    met: "in `thalassa dead`, on `….dead.*` and as `bounced` at the sender; the actor itself goes on",
    troubles: {
      unreadable: ["The body is not JSON in UTF-8", "mend whoever sends it, then `thalassa dead drop`"],
      malformed: ["The body is not what the verb takes", "see docs/subjects.md; mend the sender, then drop it"],
      "unknown-verb": [
        "The kind takes no mail of that name",
        "mend the sender; if it is newer than the kind, update the kind, then `thalassa dead retry`",
      ],
      misaddressed: ["The subject names no actor", "escape ids as `=XX`; `encodeToken` does it"],
      forged: [
        "It has no `Thalassa-Id`, is an answer that somebody had sent there, or a timer set for another",
        "find who did it: the headers are in `thalassa dead show`",
      ],
      "too-large": ["The event or mail it leads to is larger than the bus takes", "send less, or in parts"],
      "decide-threw": [
        "The kind itself failed on it",
        "a mistake in Thalassa: report it with `thalassa dead show`; after an update, `thalassa dead retry`",
      ],
      "telegram-gone": [
        "The bot may not write to that chat any more: it was blocked, or thrown out; other codes that begin so say which",
        "have it let in again and say something there, then `thalassa dead retry`",
      ],
      "telegram-blocked": [
        "The person has blocked the bot",
        "nothing, unless they let it in again; then `thalassa dead retry` shows what they missed",
      ],
      "telegram-deactivated": ["The person's account at Telegram is gone", "drop it: `thalassa dead drop`"],
      "telegram-never-written": [
        "A bot may not be the first to write to somebody",
        "have them write to it once, then `thalassa dead retry`",
      ],
      "telegram-no-rights": [
        "The bot may not write in that group",
        "let it, in the group's settings, then `thalassa dead retry`",
      ],
      "telegram-topic-gone": ["The topic was deleted or closed", "write in another one; drop it: `thalassa dead drop`"],
      "telegram-forbidden": [
        "Telegram does not let the bot write there, and says why",
        "do what it says, then `thalassa dead retry`",
      ],
      "telegram-missing": [
        "Somebody deleted the message at Telegram that was to be changed",
        "`thalassa dead retry` shows it in a new one, or drop it",
      ],
      "telegram-refused": [
        "Telegram does not take it; its own words are the reason",
        "read them: a right that the bot lacks in that group, as a rule; then `thalassa dead retry`, or drop it",
      ],
      garbled: ["What lies in `DEAD` there is no dead letter", "`thalassa dead drop` removes it"],
    },
  },
  {
    title: "Answers that failed",
    met: "as the reason of the event `failed`, which the person is told",
    troubles: {
      threw: ["The step threw: a model could not answer", "read the reason; say it again once that has changed"],
      abandoned: [
        "The process died three times under the same step",
        "the processes' own words tell of what: `thalassa service logs`; then say it again, in other words if it was the message",
      ],
      "unknown-model": [
        "There is no model of that name, or its provider has it no more",
        "choose another one: `thalassa config set models.channel …`; see actors/models/README.md",
      ],
      "model-key": [
        "A provider has no key here, or refuses the one it has",
        "set the variable that the message names where `thalassa up` is started, and start it anew",
      ],
      "model-forbidden": [
        "The key may not use that model, or its account has nothing left to spend",
        "look at the provider's console, or choose another model: `thalassa config set models.channel …`",
      ],
      "model-limited": [
        "The provider takes no more calls just now; every process leaves that model alone for the time",
        "wait, or name a second model after it: `thalassa config set models.channel …`",
      ],
      "model-unavailable": [
        "The provider cannot be reached, or has a fault of its own; it was tried three times",
        "say it again later; a second model after it helps: `thalassa config set models.channel …`",
      ],
      "model-dropped": ["The answer broke off in the middle, three times", "say it again; look at the network between"],
      "model-stalled": [
        "The model fell silent for longer than it is waited for",
        "say it again; for a slow server of your own raise `models.first_ms`",
      ],
      "model-request": [
        "The provider refuses the request itself; only one that is too long for it is taken to the next model",
        "read what it says; if the conversation is too long for it, lower `models.context_tokens`",
      ],
      "model-unfit": [
        "The model did not answer in the form that was asked for, twice",
        "choose a model that follows forms",
      ],
      "budget-spent": [
        "A limit of today is reached; no call of a model that costs anything begins until midnight UTC",
        "`thalassa usage` shows on what; wait, or raise what the message names: `thalassa config set budget.day_usd …`; see docs/budgets.md",
      ],
      "no-model": ["None of the models that are set could answer", "the message names what each one wants"],
    },
  },
  {
    title: "In the words of processes",
    met: "in the log of a process (`thalassa service logs`, or where `up` runs); the runtime goes on by itself",
    troubles: {
      fenced: [
        "Another process wrote to the same log; the actor is read back",
        "nothing; if it goes on for minutes, two stores or two versions are mixed up: `thalassa ps`",
      ],
      "newer-schema": [
        "Mail or an event was written by a newer version",
        "start the newer version; until then it is put off, not lost",
      ],
      closed: ["Work was dropped since its partition went elsewhere", "nothing; its new owner goes on"],
      "not-allowed": [
        "The key lacks a right on the bus",
        "restart `thalassa up`, which gives the bus the rights of this version",
      ],
      "bad-artifact-name": [
        "A step keeps a file or output under a name that is not its kind's",
        "nothing to set right from outside: it is a fault of that kind; please report it",
      ],
      "artifact-damaged": [
        "A file or output is in the object store in part only, or changed",
        "have it made anew; `thalassa doctor` says whether the bus lost data",
      ],
      "bus-silent": ["The bus did not answer in time", "nothing; it is asked again. If it stays so: `thalassa doctor`"],
    },
  },
];
