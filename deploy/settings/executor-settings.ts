import { z } from "zod";
import { DEFAULT_RULES, EXECUTOR_DEFAULTS, HOUR_MS } from "#actors/executor/rules.ts";
import { oneOf, type Setting, textLike, wholeNumber } from "./setting.ts";

/** Each host has its own engine, and what it has room for. */
const HERE = { scope: "host", takesEffect: "when `up` is started anew", handedOn: true } as const;

/** Ten years. Units: hours. */
const MAX_HOURS = 87_600;

/** A port that is to be listened on. */
const PORT = wholeNumber(0, 65_535);

/** Where jobs do their work on this host, and how what they show is reached. */
export const EXECUTOR_SETTINGS = {
  "executor.engine": {
    ...oneOf(["auto", "docker", "bubblewrap"]),
    about: "what environments of jobs are made of; auto: Docker, else bubblewrap, else none, and then no job runs here",
    default: EXECUTOR_DEFAULTS.engine,
    ...HERE,
  },
  "executor.image": {
    ...textLike(/^\S{1,300}$/, "the name of an image, or auto"),
    about: "image that environments of Docker are made of; auto: the one that `thalassa setup executor` builds",
    default: EXECUTOR_DEFAULTS.image,
    ...HERE,
  },
  "executor.environments": {
    ...wholeNumber(1, 1_000),
    about: "most environments on this host at once",
    default: DEFAULT_RULES.environments,
    ...HERE,
  },
  "executor.keep_hours": {
    ...wholeNumber(1, MAX_HOURS),
    about: "hours that the workspace of a job is kept after it has ended",
    default: DEFAULT_RULES.keepMs / HOUR_MS,
    ...HERE,
  },
  "executor.idle_hours": {
    ...wholeNumber(1, MAX_HOURS),
    about: "hours after which an environment is let go in which nothing runs and nothing is ordered",
    default: DEFAULT_RULES.idleMs / HOUR_MS,
    ...HERE,
  },
  "preview.url": {
    ...textLike(/^(?:auto|https?:\/\/\S+)$/, "an address such as `https://*.preview.example.org`, or auto"),
    about: "where previews are reached, `*` for the name of each; auto: on this host alone",
    default: EXECUTOR_DEFAULTS.previewUrl,
    ...HERE,
  },
  "preview.host": {
    ...textLike(/^[\w.:-]{1,255}$/, "a name or an address of this host"),
    about: "where previews listen; another one than 127.0.0.1 shows them to others",
    default: EXECUTOR_DEFAULTS.previewHost,
    ...HERE,
  },
  "preview.port": {
    schema: z.union([z.literal("auto"), PORT.schema]),
    accepts: `${PORT.accepts}, or auto`,
    about: "port of previews, opened with the first one; 0: a free one; auto: 8421, or a free one where that is taken",
    default: EXECUTOR_DEFAULTS.previewPort,
    ...HERE,
  },
} as const satisfies Readonly<Record<string, Setting<string> | Setting<number> | Setting<string | number>>>;
