import { ThalassaError } from "#deploy/errors.ts";
import { parseAddress } from "#subjects/mod.ts";
import type { ListedEnvironment } from "./listing.ts";

/** So many of those that somebody may mean are named. */
const MOST_NAMED = 5;

/** An environment that is not there as it is meant. */
export class EnvironmentUnusable extends ThalassaError<"environment-missing" | "environment-kept"> {}

/** The one that a person means: its name, the beginning of it, or the same of its job. Throws: EnvironmentUnusable. */
export function environmentNamed(all: readonly ListedEnvironment[], text: string): ListedEnvironment {
  const jobOf = ({ by }: ListedEnvironment): string => parseAddress(by).id;
  const whole = all.filter((each) => each.env === text || each.by === text || jobOf(each) === text);
  const meant =
    whole.length > 0 ? whole : all.filter((each) => [each.env, jobOf(each)].some((id) => id.startsWith(text)));
  const [first, ...others] = meant;
  if (first !== undefined && others.length === 0) return first;
  const named = meant.slice(0, MOST_NAMED).map(({ env }) => env);
  throw new EnvironmentUnusable({
    code: "environment-missing",
    message: first === undefined ? `there is no environment ${text}` : `${text} may be ${named.join(", ")}`,
    hint: first === undefined ? "thalassa env list --all names them" : "type more of its name",
    exitCode: 2,
  });
}
