import { byName, type Program } from "./program.ts";

const QUIET: Program = { does: "read", operands: "nothing" };

/** Programs that see and change files and the machine. */
export const FILE_PROGRAMS = byName({
  "echo printf true false : pwd whoami id uname arch nproc uptime seq yes sleep expr wait times": QUIET,
  date: {
    ...QUIET,
    reads: ["-f", "--file", "-r", "--reference"],
    valued: ["-d", "--date"],
    raises: { "-s": "unknown", "--set": "unknown" },
  },
  jobs: { ...QUIET, raises: { "-x": "unknown" } },
  hostname: {
    ...QUIET,
    subs: {},
    raises: { "-F": "unknown", "--file": "unknown", "-b": "unknown", "--boot": "unknown" },
  },
  "which type help printenv locale tty groups test [ basename dirname getconf return break continue exit shift": QUIET,
  "ps free lsof pgrep set shopt ulimit umask local declare typeset readonly export unset read let getopts mapfile readarray":
    { ...QUIET, raises: { "-f": "unknown", "-n": "unknown", "-C": "unknown", "-i": "unknown", "-A": "unknown" } },
  "cat tac nl wc cksum md5sum sha1sum sha256sum sha512sum b2sum od hexdump strings readlink realpath stat": {
    does: "read",
  },
  file: { does: "read", raises: { "-C": "unknown", "--compile": "unknown" } },
  "head tail cut paste fold fmt rev column comm cmp join tr tsort expand numfmt iconv base64 base32 look": {
    does: "read",
    valued: ["-n", "-c", "-d", "-f"],
  },
  "cd pushd popd": { does: "read" },
  "ls dir vdir": { does: "read", here: true, treeIf: ["-R", "--recursive"] },
  "tree du df": { does: "read", here: true, tree: true, writes: ["-o"] },
  diff: { does: "read", tree: true, valued: ["-U", "-C"] },
  uniq: { does: "read", last: "write", valued: ["-f", "-s", "-w"] },
  xxd: { does: "read", last: "write" },
  sort: {
    does: "read",
    writes: ["-o", "--output"],
    valued: ["-k", "-t"],
    raises: { "--compress-program": "unknown" },
  },
  "grep egrep fgrep zgrep": {
    does: "read",
    skip: 1,
    reads: ["-f", "--file"],
    valued: ["-m", "-A", "-B", "-C"],
    treeIf: ["-r", "-R", "--recursive", "--dereference-recursive"],
  },
  "rg ag": {
    does: "read",
    skip: 1,
    here: true,
    tree: true,
    valued: ["-g", "-t", "-A", "-B", "-C", "-m"],
    raises: { "--pre": "unknown", "--hostname-bin": "unknown", "--pager": "unknown" },
  },
  jq: { does: "read", skip: 1, reads: ["-f", "--from-file", "-L"] },
  "touch mkdir mkfifo tee": { does: "write", valued: ["-m", "--mode"] },
  mktemp: { does: "write" },
  cp: {
    does: "read",
    last: "write",
    treeIf: ["-r", "-R", "-a", "--recursive", "--archive"],
    writes: ["-t", "--target-directory"],
  },
  install: {
    does: "read",
    last: "write",
    writes: ["-t", "--target-directory"],
    raises: { "--strip-program": "unknown" },
  },
  mv: { does: "write", tree: true, writes: ["-t", "--target-directory"] },
  ln: { does: "write", writes: ["-t", "--target-directory"] },
  "chmod chown chgrp": {
    does: "write",
    skip: 1,
    treeIf: ["-R", "--recursive"],
    raises: { "-R": "destructive", "--recursive": "destructive" },
  },
  patch: { does: "write", here: true, reads: ["-i"], writes: ["-o", "-d"] },
  "tar bsdtar": {
    does: "write",
    here: true,
    tree: true,
    writes: ["-f", "--file", "-C", "--directory"],
    raises: {
      ...{ "--to-command": "unknown", "--checkpoint-action": "unknown", "-I": "unknown", "-F": "unknown" },
      ...{ "--use-compress-program": "unknown", "--info-script": "unknown", "--rsh-command": "unknown" },
      ...{
        "--remove-files": "destructive",
        "--overwrite": "destructive",
        "-P": "destructive",
        "--absolute-names": "destructive",
      },
    },
  },
  "gzip gunzip bzip2 bunzip2 xz unxz zstd split csplit": {
    does: "write",
    here: true,
    raises: { "--filter": "unknown" },
  },
  "zip unzip": {
    does: "write",
    here: true,
    tree: true,
    writes: ["-d"],
    raises: { "-TT": "unknown", "-m": "destructive" },
  },
  "zcat bzcat xzcat": { does: "read" },
  "rm rmdir unlink": { does: "destructive", treeIf: ["-r", "-R", "--recursive"] },
  "shred truncate wipe srm wipefs blkdiscard": { does: "destructive", valued: ["-s", "--size"], tree: true },
  dd: { does: "read", operands: "nothing", assigns: { of: "destructive", if: "read" } },
  "mkfs mke2fs mkswap fdisk sfdisk cfdisk parted gdisk sgdisk cryptsetup mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat":
    { does: "destructive", tree: true },
  "shutdown reboot halt poweroff init kill killall pkill skill userdel groupdel swapoff lvremove vgremove pvremove": {
    does: "destructive",
    operands: "nothing",
  },
  systemctl: {
    does: "unknown",
    operands: "nothing",
    subs: { status: QUIET, "is-active": QUIET, "is-enabled": QUIET, "list-units": QUIET, show: QUIET },
  },
});
