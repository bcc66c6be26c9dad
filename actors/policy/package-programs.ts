import { byName, type Program } from "./program.ts";

const LOOKS: Program = { does: "read", operands: "nothing" };
const ASKS: Program = { does: "network", operands: "nothing" };
const INSTALLS: Program = { does: "install", also: ["network"], operands: "nothing" };
const REMOVES: Program = { does: "destructive", operands: "nothing" };
const RUNS: Program = { does: "unknown", operands: "nothing" };

const NPM: Program = {
  does: "unknown",
  alone: INSTALLS,
  operands: "nothing",
  valued: ["--prefix", "-C", "--workspace", "-w", "--registry"],
  subs: byName({
    "install i ci add update up upgrade link": INSTALLS,
    "ls list outdated view info why": ASKS,
    "publish login logout": ASKS,
    "uninstall remove rm unpublish": { does: "destructive", also: ["network"], operands: "nothing" },
  }),
};

const PIP: Program = {
  does: "unknown",
  operands: "nothing",
  subs: byName({ "install download": INSTALLS, index: ASKS, "list show freeze check": LOOKS, uninstall: REMOVES }),
};

const SYSTEM_PACKAGES: Program = {
  does: "unknown",
  operands: "nothing",
  valued: ["-o", "-c", "-t"],
  raises: { "-o": "unknown", "-c": "unknown" },
  subs: byName({
    "install update upgrade dist-upgrade full-upgrade add reinstall localinstall": INSTALLS,
    "remove purge autoremove del erase uninstall": REMOVES,
    "search show list info policy": LOOKS,
  }),
};

/** Programs that bring software, build it, or run it elsewhere. */
export const PACKAGE_PROGRAMS = byName({
  gh: { does: "unknown", also: ["network"], operands: "nothing" },
  "npm pnpm yarn bun": NPM,
  "npx pnpx bunx uvx pipx": { does: "unknown", also: ["install", "network"], operands: "nothing" },
  "pip pip3 uv poetry conda mamba": PIP,
  "apt apt-get aptitude dnf yum zypper apk brew port snap flatpak gem pacman": SYSTEM_PACKAGES,
  "dpkg rpm": {
    does: "install",
    raises: { "-r": "destructive", "--remove": "destructive", "-P": "destructive", "-e": "destructive" },
  },
  cargo: {
    ...RUNS,
    subs: byName({
      "install add update fetch": INSTALLS,
      "search tree metadata": ASKS,
      fmt: { does: "write", operands: "nothing" },
    }),
  },
  go: {
    ...RUNS,
    subs: byName({
      "install get mod": INSTALLS,
      "version doc": LOOKS,
      fmt: { does: "write", operands: "nothing" },
    }),
  },
  "docker podman": {
    ...RUNS,
    subs: byName({
      "ps images logs inspect version info stats top": LOOKS,
      "pull push": ASKS,
      "rm rmi kill stop system volume": REMOVES,
    }),
  },
  kubectl: { ...RUNS, subs: byName({ "get describe logs top version": ASKS, "delete drain": REMOVES }) },
});
