import type { Chapter } from "#deploy/error-catalogue.ts";

/** What goes wrong with environments and what they are made of. */
export const environmentChapters: readonly Chapter[] = [
  {
    title: "Environments",
    met: "when jobs run something, in the words of a job's tools, and by `setup`",
    troubles: {
      "image-not-built": [
        "The image that environments are made of could not be built; the message says what each way answered",
        "start Docker and let it reach a registry, or run it as root on a Debian with `debootstrap`; then again",
      ],
      "no-engine": [
        "Neither Docker nor bubblewrap can be used on this host; the message says why not, of each",
        "do one of what `thalassa setup executor` prints, as root, then run it again",
      ],
      "environment-missing": [
        "No host has or had an environment of that name, or several have names that begin so",
        "`thalassa env list --all` lists them",
      ],
      "environment-kept": [
        "Nothing runs in that environment: its job let it go, and only its workspace is kept",
        "nothing; it is thrown away by the rules that `thalassa env prune --dry-run` shows",
      ],
      engine: [
        "Docker or bubblewrap did not answer, or not in time",
        "start it; environments that still run are found again, and workspaces are kept",
      ],
      "door-host": [
        "What a job asks to reach is no name of a host",
        "name hosts such as `packages.example` or `*.example.org`, with a port where it is not 80 or 443",
      ],
      "preview-port": [
        "The port that shows what jobs serve is taken, or may not be listened on",
        "set another one with `preview.port`, and restart `thalassa up`",
      ],
      gone: [
        "The environment does not run: it ended, or was ended",
        "what ran in it is over; raise it again, its workspace is as it was left",
      ],
    },
  },
  {
    title: "Orders",
    met: "as `refused` at a job, and as the `code` of a result: what a job's tools say",
    troubles: {
      "foreign-environment": [
        "A job ordered something in the environment of another one",
        "it works in its own; one that goes on from another job takes its workspace over once that one has ended",
      ],
      "no-sender": ["Somebody who is no job ordered something of an executor", "begin a job, and let it order that"],
      "no-environment": ["There is no such environment on this host", "have it raised first; nothing was run"],
      "not-up": ["The environment is raised, let go or kept just now", "wait until it is there; nothing was run"],
      "too-many-orders": ["Too many orders of one environment run at once", "wait for some; nothing was run"],
      "not-begun": [
        "A program was told to begin, and did not",
        "the image may have no `sh` or no room in `/run/thalassa`; see what it is made of",
      ],
      interrupted: [
        "The environment ended while this was done, and nobody knows how far it was",
        "look at the workspace once it is raised again; nothing is done twice by itself",
      ],
      "not-done": ["The executor could not do it; the text says what was in the way", "mend that, and order it again"],
      outside: ["A path leads out of the workspace, by itself or by a link", "name one within `/workspace`"],
      absent: ["There is no such file, or not that text in it", "list or read what there is"],
      several: ["A text that is to be changed stands there several times", "give more of what is around it"],
      "not-plain": ["It is a folder, a device or no text", "use a program for it"],
      unusable: ["A file could not be read or written; the text has what the system said", "mend that"],
      "no-artifact": ["There is no artifact of that name", "take the name from what kept it"],
    },
  },
];
