import { forEachChild, parse, type SyntaxNode } from "unbash";
import { assigns, Counting } from "./counting.ts";
import type { Act, World } from "./deed.ts";
import { dispute } from "./dialects.ts";
import { takeAssigned, takeInner } from "./inner.ts";
import { normalised } from "./place.ts";
import { type Fed, type Found, type Run, unread, unreadable } from "./run.ts";
import { type Arg, argOf, computed, type Known, wholeOf } from "./word.ts";

type Command = Extract<SyntaxNode, { readonly type: "Command" }>;
type Redirection = Command["redirects"][number];

/** How deep scripts may stand in scripts. */
const MAX_DEPTH = 16;

/** Most commands that are taken out of one line. */
const MAX_RUNS = 2_000;

/** Most words of all these commands. */
const MAX_WORDS = 5_000;

/** Folders where programs of the machine are: `/usr/bin/rm` is `rm`. */
const BIN = /^(?:\/usr)?(?:\/local)?\/s?bin\/(?=[^/]+$)/;

/** Reads a script, and all scripts in its words, into the commands that would run. */
export class Reading {
  readonly found: Found = { runs: [], functions: new Set(), goesTo: [] };
  readonly #counting = new Counting();
  readonly #known: Known;
  #depth = 0;
  #words = 0;

  /** `standsStill` says that the line never leaves the folder it begins in. */
  constructor(line: string, world: World, standsStill: boolean) {
    const { home, workspace, cwd = "." } = world;
    const names = { HOME: home, ...(standsStill ? { PWD: normalised(cwd, normalised(workspace, "/")) } : {}) };
    this.#known = Object.fromEntries(
      Object.entries(names).filter(([name]) => !new RegExp(`(?<!\\$|\\$\\{)\\b${name}\\b`).test(line)),
    );
    this.script(line);
    for (const part of this.#counting.unsure()) this.#say(part, unread("it counts with what may be code"));
  }

  /** Takes a script apart. */
  script(text: string): void {
    if (this.#depth >= MAX_DEPTH || this.#isFull()) {
      this.#say("…", unreadable("too deep to be read"));
      return;
    }
    this.#depth++;
    try {
      this.#visit(parse(text));
    } catch {
      this.#say(text, unreadable("it cannot be read"));
    }
    this.#depth--;
  }

  #visit(node: SyntaxNode): void {
    if ("errors" in node && node.errors !== undefined && node.errors.length > 0) {
      this.#say(node.errors[0]?.message ?? "", unread("it is no whole command line"));
    }
    const why = dispute(node);
    if (why !== undefined)
      this.#say("body" in node ? `((${node.body}))` : "text" in node ? node.text : "[[", unread(why));
    this.#counting.see(node);
    switch (node.type) {
      case "Command":
        this.#take(node);
        break;
      case "Function":
        this.#define(node);
        break;
      case "Pipeline":
        this.#feed(node.commands);
        break;
      case "Redirected":
        this.#add({ args: [], part: "…", acts: [], redirects: this.#redirects(node.redirects) });
        break;
      case "Assignment":
        takeAssigned(node.name, { act: (...acts) => this.#say(node.text, ...acts) });
        break;
      case "For":
      case "Select":
        takeAssigned(node.name.value, { act: (...acts) => this.#say(node.name.text, ...acts) });
        break;
      case "ParameterExpansion":
        if (assigns(node)) takeAssigned(node.parameter, { act: (...acts) => this.#say(node.text, ...acts) });
        break;
      case "TestUnary":
      case "TestBinary":
        this.#test(node);
        break;
    }
    forEachChild(node, (child) => this.#visit(child));
  }

  #take(node: Command): void {
    const words = [...(node.name === undefined ? [] : [node.name]), ...node.args].map((word): Arg => {
      if (word.type === "Word") return argOf(word, this.#known);
      if (word.value.type !== "Word") return computed(word.text);
      const value = argOf(word.value, this.#known);
      return { text: word.text, stem: `${word.name}=${value.stem}`, rest: value.rest };
    });
    const redirects = this.#redirects(node.redirects);
    const part = [
      ...words,
      ...redirects.map(({ to, does }) => ({ text: `${does === "read" ? "<" : ">"} ${to.text}` })),
    ];
    const text = part.map((word) => word.text).join(" ");
    if (redirects.length > 0) this.#add({ args: [], part: text, acts: [], redirects });
    if (words.length > 0) this.#command(words, text, fedBy(node.redirects, this.#known));
  }

  #command(words: readonly Arg[], part: string, fed: Fed | undefined): void {
    const [first, ...rest] = words;
    if (first === undefined) return;
    this.#words += words.length;
    if (this.#isFull() || this.#depth > MAX_DEPTH) {
      this.#say(part, unreadable("too deep to be read"));
      return;
    }
    const name = wholeOf(first)?.replace(BIN, "");
    const plain = (): void =>
      this.#add({ name: { ...first, stem: name ?? first.stem }, args: rest, part, acts: [], redirects: [] });
    if (name === undefined) {
      plain();
      return;
    }
    if (/^(?:cd|pushd|popd|chdir)$/.test(name)) this.#goes(rest);
    this.#depth++;
    takeInner(name, rest, {
      script: (text) => this.script(text),
      command: (inner) => this.#command(inner, part, fed),
      act: (...acts) => this.#say(part, ...acts),
      assigned: (text) => this.#counting.assigned(text),
      plain,
      fed,
    });
    this.#depth--;
  }

  #isFull(): boolean {
    return this.found.runs.length >= MAX_RUNS || this.#words > MAX_WORDS;
  }

  #goes(args: readonly Arg[]): void {
    const to = args.filter(({ stem }) => !/^-[LPe@n]+$/.test(stem));
    this.found.goesTo.push(
      ...(to.length === 0 ? [argOf({ type: "Word", text: "~", value: "~", pos: 0, end: 0 }, this.#known)] : to),
    );
  }

  #define(node: Extract<SyntaxNode, { readonly type: "Function" }>): void {
    const name = node.name.value;
    this.found.functions.add(name);
    if (calls(node.body, name))
      this.#say(node.name.text, { class: "destructive", because: "it calls itself without end" });
  }

  /** What `echo` or `printf` says to a shell is a script that is known. */
  #feed(commands: readonly SyntaxNode[]): void {
    commands.forEach((node, at) => {
      const next = commands[at + 1];
      if (node.type !== "Command" || next?.type !== "Command" || !/^(?:echo|printf)$/.test(node.name?.value ?? ""))
        return;
      if (![next.name, ...next.args].some((word) => /^(?:\/.*\/)?(?:ba|da|a|z|k|mk|rba)?sh$/.test(word?.text ?? "")))
        return;
      const said = node.args.flatMap((word) => (word.type === "Word" ? [argOf(word, this.#known).stem] : []));
      this.script(said.filter((word) => !/^-[neE]+$/.test(word)).join(" "));
    });
  }

  #test(node: Extract<SyntaxNode, { readonly type: "TestUnary" | "TestBinary" }>): void {
    const operands = node.type === "TestUnary" ? [node.operand] : [node.left, node.right];
    const isNamedLater = node.type === "TestUnary" && node.operator === "-v" && /[$`]/.test(node.operand.text);
    const isRun =
      isNamedLater ||
      operands.some(
        (word) => /\$\(|`/.test(word.parts === undefined ? word.value : "") || /'.*(?:\$\(|`)/s.test(word.text),
      );
    if (isRun) this.#say("[[", unread("runs what is in an index"));
  }

  #redirects(redirections: readonly Redirection[]): Run["redirects"] {
    return redirections.flatMap((each) => {
      if (each.type !== "Redirect" || each.target === undefined) return [];
      const to = argOf(each.target, this.#known);
      if (/&$/.test(each.operator) && /^(?:\d+-?|-)$/.test(to.stem) && to.rest === "nothing") return [];
      return [{ to, does: each.operator === "<" || each.operator === "<&" ? ("read" as const) : ("write" as const) }];
    });
  }

  #say(part: string, ...acts: Act[]): void {
    this.#add({ args: [], part, acts, redirects: [] });
  }

  #add(run: Run): void {
    this.found.runs.push(run);
  }
}

function calls(node: SyntaxNode, name: string): boolean {
  let isCalled = node.type === "Command" && node.name?.value === name;
  forEachChild(node, (child) => {
    isCalled ||= calls(child, name);
  });
  return isCalled;
}

function fedBy(redirections: readonly Redirection[], known: Known): Fed | undefined {
  const last = redirections.findLast(({ type, operator }) => type !== "Redirect" || operator.startsWith("<"));
  if (last === undefined) return undefined;
  if (last.type === "HereString") return { text: last.target && wholeOf(argOf(last.target, known)) };
  if (last.type !== "HereDoc") return { text: undefined };
  const { body, delimiter } = last;
  const isKnown = delimiter?.quoted === true || (body.parts === undefined && !body.text.includes("\\"));
  return { text: isKnown ? (last.operator === "<<-" ? body.text.replace(/^\t+/gm, "") : body.text) : undefined };
}
