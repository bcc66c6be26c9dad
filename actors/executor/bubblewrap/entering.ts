import type { Holder } from "./holder.ts";
import { isRoot, type Place } from "./place.ts";

const MIB = 1024 * 1024;

/** Comes under the bounds that the kernel keeps before it becomes anything else. */
const UNDER_BOUNDS = `while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"`;

/** The line of a program of this host by which `argv` runs inside: as the user there, without rights, within the bounds. */
export function enteringArgv(place: Place, holder: Holder, argv: readonly string[]): readonly string[] {
  const { init, groups } = holder;
  return [
    ...(groups.length === 0 ? [] : ["sh", "-c", UNDER_BOUNDS, "join", ...groups, "--"]),
    ...asOwner(place, holder),
    ...["nsenter", "-t", `${init.pid}`, "-U", "-m", "-p", "-n", "-i", "-u", "-C", "--preserve-credentials"],
    ...["setpriv", "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--pdeathsig", "TERM"],
    ...limited(holder),
    ...argv,
  ];
}

/** The line by which a program of this host has the environment's network, and nothing else of it. */
export function networkArgv(place: Place, holder: Holder, argv: readonly string[]): readonly string[] {
  return [
    ...(isRoot() ? [] : asOwner(place, holder)),
    ...["nsenter", "-t", `${holder.init.pid}`, "-n", "--preserve-credentials"],
    ...["setpriv", "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"],
    ...argv,
  ];
}

/** The owner of the outer user namespace is let into all that were made in it. */
function asOwner({ uid }: Place, { monitor }: Holder): readonly string[] {
  const become = ["setpriv", "--reuid", `${uid}`, "--regid", `${uid}`, "--clear-groups", "--inh-caps=-all"];
  return [...(isRoot() ? become : []), "nsenter", "-t", `${monitor.pid}`, "-U", "--preserve-credentials"];
}

/** Where no control group bounds it: so many processes of this user in here, and so much memory and file for each. */
function limited({ groups, bounds }: Holder): readonly string[] {
  const file = `--fsize=${bounds.diskMb * MIB}`;
  if (groups.length > 0) return ["prlimit", file];
  return ["prlimit", `--nproc=${bounds.pids}`, `--data=${bounds.memoryMb * MIB}`, file];
}
