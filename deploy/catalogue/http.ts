import { PROBLEMS } from "#bridges/http/problem.ts";
import type { Chapter, Trouble } from "#deploy/error-catalogue.ts";

/** What the HTTP bridge answers and says. */
export const httpChapters: readonly Chapter[] = [
  {
    title: "HTTP problems",
    met: "as `code` in an answer of type `application/problem+json`; its `detail` says what is true of the request",
    troubles: Object.fromEntries(
      Object.entries(PROBLEMS).map(([code, [status, title, hint]]): [string, Trouble] => [
        code,
        [`${status}: ${title}`, hint],
      ]),
    ),
  },
  {
    title: "Ends of event streams",
    met: "as `code` in the event `closed`, the last one of `GET /v1/channels/…/events` and `GET /v1/jobs/…/events`",
    troubles: {
      stopping: ["The bridge stops", "connect again in a moment with `Last-Event-ID`; nothing is missed"],
      "slow-reader": [
        "More waits for the reader than the bridge keeps for one",
        "read faster, or connect again with `Last-Event-ID`",
      ],
      "token-revoked": [
        "The token was ended meanwhile",
        "ask whoever runs it for another: `thalassa token create NAME`",
      ],
    },
  },
];
