import { test } from "node:test";
import { type Address, addressOf } from "#subjects/mod.ts";
import type { TelegramEvent } from "#subjects/telegram.ts";
import { FIRST_AT, mail } from "#support/spec.ts";
import { batch, heard, OWNER, pollerSpec, STRANGER, USER } from "#support/telegram/poller-spec.ts";

const UNTIL = FIRST_AT + 3_600_000;
const BY_OWNER = { party: "telegram", id: `${OWNER.id}`, name: "Ona [x](http://x)" } as const;
const EMPTY = { updates: [], numbers: [1], owners: [OWNER.id] };

const asked: TelegramEvent = {
  type: "received",
  data: { ...EMPTY, asking: [{ code: "CODEAAAA", person: STRANGER, chat: STRANGER.id, until: UNTIL }] },
};

function paired(admit: boolean): TelegramEvent {
  const data = { code: "CODEAAAA", person: STRANGER, chat: STRANGER.id, admit, who: BY_OWNER, owners: [OWNER.id] };
  return { type: "paired", data };
}

const chat = (id: number): Address => addressOf("main", "telegram", `${id}`);
const pair = (more: object = {}) =>
  mail({ verb: "pair", data: { code: "CODEAAAA", admit: true, who: BY_OWNER, ...more } } as const);

test("a stranger is told their code, and each owner is asked with buttons", () => {
  const link = { id: STRANGER.id, name: "Ada **[pay](http://x)**" };
  pollerSpec({ owners: [1, 3] })
    .given()
    .when(batch([heard(1, link)]))
    .sends({
      "asking-CODEAAAA": {
        type: "mail",
        to: chat(4711),
        verb: "notice",
        data: {
          ref: "asked-CODEAAAA",
          text:
            "Hello. I talk only with people whom my owner has let in. They were asked; tell them who you are, with this " +
            "code: `CODEAAAA`. It is good for an hour. You are told here when they have decided.",
        },
      },
      ...Object.fromEntries(
        [1, 3].map((owner) => [
          `owner-${owner}-CODEAAAA`,
          {
            type: "mail",
            to: chat(owner),
            verb: "notice",
            data: {
              ref: "CODEAAAA",
              text: "Ada pay http x (4711) asks to be let in, with the code `CODEAAAA`. Only let in people who have told you so.",
              buttons: [
                { label: "Let in", verb: "admit", ref: "CODEAAAA" },
                { label: "Do not let in", verb: "reject", ref: "CODEAAAA" },
              ],
              until: UNTIL,
            },
          },
        ]),
      ),
    });
});

test("an owner lets somebody in: they are told what to do, and the question is closed", () => {
  pollerSpec()
    .given(asked)
    .when(pair())
    .decides(paired(true))
    .sends({
      person: {
        type: "mail",
        to: chat(STRANGER.id),
        verb: "notice",
        data: {
          ref: "let-CODEAAAA",
          text:
            "You are let in. Say what you want; I answer here. What takes longer becomes a job, and you see how it goes. " +
            "Send /help to see what else there is.",
        },
      },
      "owner-1": {
        type: "mail",
        to: chat(OWNER.id),
        verb: "notice",
        data: { ref: "CODEAAAA", text: "Ada (4711) was let in by Ona x http x." },
      },
    })
    .after.answers("people", { people: [{ ...STRANGER, since: FIRST_AT + 1_000 }], asking: [] })
    .when(batch([heard(2, STRANGER)]))
    .decides({ type: "received", data: { updates: [{ ...heard(2, STRANGER), role: "user" }], numbers: [2] } });
});

test("somebody who was not let in is told so once, and gets no new code before the hour is over", () => {
  pollerSpec()
    .given(asked)
    .when(pair({ admit: false }))
    .decides(paired(false))
    .after.answers("people", { people: [], asking: [] })
    .when(batch([heard(2, STRANGER)]))
    .decides({ type: "received", data: { updates: [], numbers: [2] } })
    .after.when(pair())
    .refuses("no-such-code");
});

test("a code is known in small letters too, and only while it lives", () => {
  pollerSpec()
    .given(asked)
    .when(pair({ code: " codeaaaa" }))
    .decides(paired(true));
  pollerSpec()
    .given(asked)
    .when(pair({ code: "CODEBBBB" }))
    .refuses("no-such-code");
  pollerSpec()
    .given(asked)
    .when({ ...pair(), at: UNTIL })
    .refuses("no-such-code");
});

test("only an owner decides: by the settings of the bridge, or by those of roles", () => {
  pollerSpec()
    .given(asked)
    .when(pair({ who: { party: "telegram", id: `${USER.id}` } }))
    .refuses("not-owner");
  pollerSpec()
    .given(asked)
    .when(mail({ verb: "unpair", data: { person: 1, who: { party: "http", id: "ci" } } }))
    .refuses("not-owner");
  const who = { party: "terminal", id: "ada" } as const;
  pollerSpec()
    .given(asked)
    .when(pair({ who }))
    .decides({ type: "paired", data: { ...paired(true).data, who } as never });
});

test("somebody who was let in may be sent away again", () => {
  const unpair = mail({ verb: "unpair", data: { person: STRANGER.id, who: BY_OWNER } } as const);
  pollerSpec()
    .given(asked, paired(true))
    .when(unpair)
    .decides({ type: "unpaired", data: { person: STRANGER, who: BY_OWNER } })
    .sends({})
    .after.answers("people", { people: [], asking: [] })
    .when(unpair)
    .refuses("no-such-person");
});

test("no more people are let in than can be kept", () => {
  const given = pollerSpec().given(asked);
  const people = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, id) => [`${-id}`, { id: -id, name: "", since: 0 }]),
  );
  Object.assign(given.state, { people });
  given.when(pair()).refuses("too-many-people");
});

test("the poller opens once, and takes no mail of chats", () => {
  const open = mail({ verb: "open", data: {} } as const);
  pollerSpec().given().runs().when(open).decides({ type: "opened", data: {} }).after.runs("poll").when(open).ignores();
  pollerSpec()
    .given()
    .when(mail({ verb: "gather", data: { album: "a" } }))
    .refuses("not-a-chat");
  const returned = { id: "x", verb: "update", code: "malformed", reason: "update: …" };
  pollerSpec()
    .given()
    .when(mail({ verb: "bounced", data: returned }))
    .ignores();
  pollerSpec()
    .given()
    .when(mail({ verb: "refused", data: returned }))
    .ignores();
});
