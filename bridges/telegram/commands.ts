import type { Standing } from "#subjects/policy.ts";

/** A command that people may give in a chat, and what they have to be for that. */
export type CommandEntry = {
  readonly name: string;
  /** 3 to 60 characters, as menus show it. */
  readonly about: string;
  readonly whoMay: "anyone" | "user" | "owner";
  /** What may stand behind it. */
  readonly args?: string;
};

/** All commands, in the order in which menus show them. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: "start", about: "Begin, or ask to be let in", whoMay: "anyone" },
  { name: "help", about: "What can be done here", whoMay: "anyone" },
  { name: "new", about: "Begin a fresh conversation", whoMay: "user" },
  { name: "reset", about: "Stop, and begin a fresh conversation", whoMay: "user" },
  { name: "status", about: "What goes on here just now", whoMay: "user" },
  { name: "stop", about: "Stop the answer that is being made", whoMay: "user" },
  { name: "task", about: "Have a job done in the background", whoMay: "user", args: "what to do" },
  { name: "new_task", about: "Have a job done, in a topic of its own", whoMay: "user", args: "what to do" },
  { name: "jobs", about: "The jobs, and how they stand", whoMay: "user" },
  { name: "abort", about: "End a job", whoMay: "user", args: "[job]" },
  { name: "cancel", about: "End a job, the same as abort", whoMay: "user", args: "[job]" },
  { name: "retry", about: "Do a job once more", whoMay: "user", args: "[job]" },
  { name: "model", about: "Which model answers here", whoMay: "user" },
  { name: "usage", about: "What was spent", whoMay: "user" },
  { name: "agents", about: "Which agents talk here", whoMay: "user" },
  { name: "run", about: "Have one line of shell run", whoMay: "owner", args: "line" },
  { name: "approve", about: "Allow what a job asks for", whoMay: "owner", args: "[job] [approval]" },
  { name: "deny", about: "Do not allow what a job asks for", whoMay: "owner", args: "[job] [approval]" },
  { name: "panic", about: "Stop all jobs at once, or let them go on", whoMay: "owner", args: "[off]" },
];

/** Whether somebody who is that may give a command. */
export function mayGive(role: Standing, { whoMay }: CommandEntry): boolean {
  return whoMay === "anyone" || role === "owner" || (role === "user" && whoMay === "user");
}

/** What Telegram is given as the menu of those who are that. */
export function menuFor(role: Standing): { readonly command: string; readonly description: string }[] {
  return COMMANDS.filter((entry) => mayGive(role, entry)).map(({ name, about }) => ({
    command: name,
    description: about,
  }));
}

/** What those who are that may do here, in Markdown. */
export function helpText(role: Standing): string {
  if (role === "guest") {
    return "Only people whom an owner has let in may talk here. Send /start to ask for that.";
  }
  const lines = COMMANDS.filter((entry) => mayGive(role, entry)).map(
    ({ name, args, about }) => `- /${name}${args === undefined ? "" : ` \`${args}\``} – ${about}`,
  );
  return [
    "Write what you want, and send files along with it where you like. In a group, mention me or answer one of my messages.",
    "",
    "**Commands**",
    "",
    ...lines,
  ].join("\n");
}
