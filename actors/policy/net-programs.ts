import { byName, type Program } from "./program.ts";

const PUSH: Program = {
  does: "network",
  operands: "repositories",
  raises: {
    ...{
      "-f": "destructive",
      "--force": "destructive",
      "--force-with-lease": "destructive",
      "--mirror": "destructive",
    },
    ...{ "-d": "destructive", "--delete": "destructive", "--prune": "destructive" },
    ...{ "--receive-pack": "unknown", "--exec": "unknown" },
  },
};

const GIT_READS: Program = {
  does: "read",
  here: true,
  writes: ["--output"],
  raises: { "--ext-diff": "unknown", "--textconv": "unknown", "-O": "unknown", "--open-files-in-pager": "unknown" },
};

const GIT: Program = {
  does: "read",
  valued: ["-C", "--git-dir", "--work-tree", "-c", "--namespace"],
  reads: ["-C", "--git-dir", "--work-tree"],
  raises: { "-c": "unknown", "--config-env": "unknown", "--exec-path": "unknown" },
  subs: byName({
    "status log diff show blame grep rev-parse rev-list describe ls-files ls-tree cat-file shortlog reflog whatchanged name-rev":
      GIT_READS,
    "add commit init mv merge rebase cherry-pick revert apply am notes switch gc": {
      does: "write",
      here: true,
      valued: ["-m", "--message"],
      raises: { "--exec": "unknown", "-x": "unknown", "--discard-changes": "destructive", "-f": "destructive" },
    },
    "branch tag": {
      does: "write",
      operands: "nothing",
      raises: {
        "-D": "destructive",
        "-d": "destructive",
        "--delete": "destructive",
        "-f": "destructive",
        "--force": "destructive",
      },
    },
    "checkout restore": { does: "destructive", here: true },
    reset: {
      does: "write",
      operands: "nothing",
      raises: { "--hard": "destructive", "--merge": "destructive", "--keep": "destructive" },
    },
    stash: { does: "write", operands: "nothing", raises: { drop: "destructive", clear: "destructive" } },
    "clean rm": { does: "destructive", here: true, tree: true },
    "fetch ls-remote": { does: "network", operands: "repositories", raises: { "--upload-pack": "unknown" } },
    pull: {
      does: "network",
      also: ["write"],
      operands: "repositories",
      raises: { "--upload-pack": "unknown", "-f": "destructive" },
    },
    clone: {
      does: "network",
      also: ["write"],
      operands: "remotes",
      valued: ["-b", "--branch", "--depth"],
      raises: { "-c": "unknown", "--config": "unknown", "-u": "unknown", "--upload-pack": "unknown" },
    },
    push: PUSH,
  }),
};

/** Programs that speak to other hosts, or keep versions. */
export const NET_PROGRAMS = byName({
  curl: {
    does: "network",
    operands: "hosts",
    plain:
      "-s -S -L -f -v -i -I -k -g -G -N -n -4 -6 -# -V -h --silent --show-error --location --fail --fail-with-body --verbose --include --head --insecure --get --no-buffer --compressed --http1.1 --http2 --ipv4 --ipv6 --progress-bar --no-progress-meter --globoff --parallel --create-dirs --url --next --version --help".split(
        " ",
      ),
    valued: [
      "-X",
      "--request",
      "-u",
      "--user",
      "-A",
      "--user-agent",
      "-e",
      "-m",
      "--max-time",
      "-w",
      ...["--retry", "--retry-delay", "--connect-timeout", "--max-redirs", "--limit-rate", "-C", "-r", "--range", "-y"],
    ],
    writes: [
      "-o",
      "--output",
      "--output-dir",
      "-D",
      "--dump-header",
      "-c",
      "--cookie-jar",
      "--trace",
      "--trace-ascii",
      "--stderr",
      "--libcurl",
      "--etag-save",
      "--hsts",
      "--alt-svc",
    ],
    reads: ["-T", "--upload-file", "--cacert", "-E", "--cert", "--key", "-b", "--cookie", "--netrc-file"],
    uploads: [
      "-H",
      "--header",
      "--proxy-header",
      "-d",
      "--data",
      "--data-binary",
      "--data-raw",
      "--data-urlencode",
      "--json",
      "-F",
      "--form",
    ],
    raises: {
      "-K": "unknown",
      "--config": "unknown",
      "-O": "write",
      "--remote-name": "write",
      "--remote-name-all": "write",
      "--unix-socket": "unknown",
      "--abstract-unix-socket": "unknown",
      "--variable": "unknown",
      "--engine": "unknown",
      "-x": "unknown",
      "--proxy": "unknown",
    },
  },
  wget: {
    does: "network",
    also: ["write"],
    operands: "hosts",
    plain:
      "-q -c -N -r -n -v -d -p -k -m -S -4 -6 -V -h --quiet --no-verbose --continue --recursive --mirror --no-parent --spider --show-progress --no-check-certificate --version --help".split(
        " ",
      ),
    valued: ["--header", "-U", "-t", "-T", "-l", "-A", "--tries", "--timeout", "--user-agent", "--level"],
    writes: ["-O", "--output-document", "-o", "-P", "--directory-prefix"],
    reads: ["-i", "--input-file", "--post-file", "--body-file"],
    raises: { "--use-askpass": "unknown", "-e": "unknown", "--execute": "unknown", "--config": "unknown" },
  },
  "ping ping6 dig host nslookup traceroute whois": {
    does: "network",
    operands: "hosts",
    valued: ["-c", "-t", "-W", "-i"],
  },
  "nc ncat netcat telnet": {
    does: "network",
    operands: "hosts",
    raises: { "-e": "unknown", "-c": "unknown", "--exec": "unknown", "--sh-exec": "unknown", "-l": "unknown" },
  },
  "scp rsync sftp": {
    does: "write",
    also: ["network"],
    operands: "remotes",
    tree: true,
    raises: {
      "-e": "unknown",
      "--rsh": "unknown",
      "-o": "unknown",
      "-S": "unknown",
      "--rsync-path": "unknown",
      "--delete": "destructive",
    },
  },
  ssh: { does: "unknown", also: ["network"], operands: "remotes" },
  git: GIT,
});
