import { forEachChild, type SyntaxNode } from "unbash";

/** What any shell takes for a sum, and the plainest ones for a program that there is not. */
const PLAIN_SUM = /^\s*[A-Za-z_]\w*\s*(?:\+\+|--|[-+*]?=\s*\d+)\s*$/;

/**
 * Why a node means one thing to bash and another to a plain `sh`, where that is worse than an error; undefined where it is not.
 * To `sh`, `((` opens two subshells, `[[` is a command that `&&` ends, and `$'` is a dollar with a text that a backslash does
 * not hold open.
 */
export function dispute(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case "ArithmeticCommand":
      return PLAIN_SUM.test(node.body) ? undefined : "to some shells (( begins commands";
    case "AnsiCQuoted":
      return node.text.includes("\\'") ? "some shells end this text elsewhere" : undefined;
    case "TestLogical":
      return node.operands.slice(1).every(isPlainTest) ? undefined : "to some shells a command follows && or ||";
    case "TestBinary":
      return /^[<>]$/.test(node.operator) ? "to some shells this writes or reads a file" : undefined;
    default:
      return undefined;
  }
}

/** A test that begins with an option is no program to any shell. */
function isPlainTest(node: SyntaxNode): boolean {
  if (node.type === "TestUnary") return node.pos !== node.operand.pos;
  if (node.type !== "TestNot" && node.type !== "TestLogical") return false;
  let isPlain = true;
  forEachChild(node, (child) => {
    isPlain &&= child.type === "Negation" || isPlainTest(child);
  });
  return isPlain;
}
