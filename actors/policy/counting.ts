import type { SyntaxNode } from "unbash";

/** Names that a shell sets to what it reads or meets. */
const SET_BY_SHELL = ["REPLY", "MAPFILE", "OPTARG", "COPROC", "BASH_REMATCH", "_"];

/** A value that is no more than a number: digits, or what was counted. */
const NUMBER = /^-?\d+$|^\$\(\(|^\$[#?]$|^\$\{#\w+\}$/;

const COMPARISONS = ["-eq", "-ne", "-lt", "-gt", "-le", "-ge"];

/**
 * Keeps watch over what a shell counts with: it reads a variable's text as arithmetic, in which `a[$(rm x)]` runs `rm x`. So a
 * variable that holds anything but a number of this line must not be counted with.
 */
export class Counting {
  readonly #loose = new Set(SET_BY_SHELL);
  readonly #counted: { readonly name: string; readonly part: string }[] = [];

  /** A variable gets a value. Shape: `i=1`, `i`. */
  assigned(text: string): void {
    const [, name = "", value] = /^(\w+)(?:\[.*?\])?(?:\+?=([\s\S]*))?$/.exec(text) ?? [];
    if (value === undefined || !NUMBER.test(value)) this.#loose.add(name);
  }

  /** Looks at a node for what it assigns or counts with. */
  see(node: SyntaxNode): void {
    switch (node.type) {
      case "Assignment":
        this.assigned(node.text);
        if (node.index !== undefined) this.#count(node.index.text);
        break;
      case "For":
        this.assigned(node.name.value);
        break;
      case "ArithmeticWord":
        this.#count(node.value);
        break;
      case "ArithmeticCommandExpansion":
        this.#count(node.text, "$");
        break;
      case "ParameterExpansion":
        if (node.index !== undefined && !/^[@*]$/.test(node.index.text)) this.#count(node.index.text);
        if (assigns(node)) this.assigned(node.parameter);
        break;
      case "Slice":
        this.#count(node.offset.text);
        this.#count(node.length?.text ?? "");
        break;
      case "TestBinary":
        if (COMPARISONS.includes(node.operator)) for (const word of [node.left, node.right]) this.#count(word.text);
        break;
    }
  }

  /** The parts that count with what may be code. */
  unsure(): readonly string[] {
    return this.#counted.filter(({ name }) => !/^\w+$/.test(name) || this.#loose.has(name)).map(({ part }) => part);
  }

  #count(part: string, as?: string): void {
    const names = as === undefined ? (part.match(/[A-Za-z_]\w*|\$\{?(?:[@*\d(]|`)|`/g) ?? []) : [as];
    for (const name of names) this.#counted.push({ name, part });
  }
}

/** Whether an expansion gives its variable a value: `${x:=y}`. */
export function assigns({ operation }: Extract<SyntaxNode, { readonly type: "ParameterExpansion" }>): boolean {
  return operation?.type === "Default" && operation.operator.endsWith("=");
}
