/** What is told of an agent when it is made. */
export type Told = {
  /** How it calls itself. */
  readonly called: string;
  /** What it is for, in a sentence. */
  readonly about: string;
  /** What it is like; where nothing is said, it is like all agents. */
  readonly character?: string | undefined;
  /** What it should know of its people. */
  readonly people?: string | undefined;
};

/** An agent's own texts from what was told of it; what was not told is no text of its own. */
export function textsFrom({ called, about, character, people }: Told): Readonly<Record<string, string>> {
  const purpose = about.trim() === "" ? "" : ` What you are here for: ${about.trim()}`;
  return {
    IDENTITY: `# ${called}\n\nname: ${called}\n\nYou are ${called}, an agent of Thalassa.${purpose}`,
    ...titled("SOUL", "Soul", character),
    ...titled("USER", "The people here", people),
  };
}

/** How an agent calls itself where nobody says. Shape: `helper` is Helper. */
export function calledAfter(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function titled(name: string, title: string, text: string | undefined): Readonly<Record<string, string>> {
  return text === undefined || text.trim() === "" ? {} : { [name]: `# ${title}\n\n${text.trim()}` };
}
