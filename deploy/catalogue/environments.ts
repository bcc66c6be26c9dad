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
      engine: [
        "Docker or bubblewrap did not answer, or not in time",
        "start it; environments that still run are found again, and workspaces are kept",
      ],
      gone: [
        "The environment does not run: it ended, or was ended",
        "what ran in it is over; raise it again, its workspace is as it was left",
      ],
    },
  },
];
