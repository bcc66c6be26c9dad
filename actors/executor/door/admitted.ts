import { isIP } from "node:net";

/** Ports of what is admitted without one. */
const USUAL_PORTS: readonly number[] = [80, 443];

/** Where a program wants to go. Shape: `{ "name": "deb.example.org", "port": 80 }`; an IPv6 address stands without brackets. */
export type Place = { readonly name: string; readonly port: number };

/** Hosts that may be reached: a name, in which a `*` is any part of it, and where it says so one port. */
export type Admission = { readonly name: string; readonly port?: number };

/** Reads what is to be admitted; undefined where it is no name. Shape: `packages.example`, `*.example.org`, `registry.example.org:5000`. */
export function readAdmission(text: string): Admission | undefined {
  const [, name, port] = /^([A-Za-z0-9*]|[A-Za-z0-9*][A-Za-z0-9*._-]*[A-Za-z0-9*])(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (name === undefined || name.includes("..") || Number(port ?? 1) > 65_535 || port === "0") return undefined;
  return { name: name.toLowerCase(), ...(port !== undefined && { port: Number(port) }) };
}

/**
 * Reads where a program wants to go, in the one form that an address has however it is written (`0x7f.1` is `127.0.0.1`).
 * Shape: `deb.example.org:443`.
 */
export function readPlace(authority: string, usualPort: number): Place | undefined {
  const url = URL.parse(`http://${authority}`);
  if (url === null || url.pathname !== "/" || `${url.username}${url.password}${url.search}${url.hash}` !== "")
    return undefined;
  const said = /:(\d+)$/.exec(authority)?.[1];
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  return name === "" ? undefined : { name, port: said === undefined ? usualPort : Number(said) };
}

/** Whether one of these lets it through. A `*` is never an address, so that what it lets through always has a name. */
export function isAdmitted(admissions: Iterable<Admission>, place: Place): boolean {
  return [...admissions].some(({ name, port }) => {
    const ports = port === undefined ? USUAL_PORTS : [port];
    return (
      ports.includes(place.port) &&
      (name === place.name || (isIP(place.name) === 0 && patternOf(name).test(place.name)))
    );
  });
}

function patternOf(name: string): RegExp {
  return new RegExp(`^${name.replaceAll(".", "\\.").replaceAll("*", "[a-z0-9._-]+")}$`);
}
