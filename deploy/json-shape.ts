import { z } from "zod";

/** A schema as a person reads it. Shape: `{ text: string (1–65536), who: { party: "telegram" | "http", name?: string } }`. */
export function jsonShape(schema: z.ZodType): string {
  return shape(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Node);
}

type Node = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Node[];
  readonly minLength?: number;
  readonly maxLength?: number;
};

function shape(node: Node): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((word) => JSON.stringify(word)).join(" | ");
  if (node.anyOf !== undefined) return node.anyOf.map(shape).join(" | ");
  if (node.type === "array") return `[${node.items === undefined ? "" : `${shape(node.items)}, `}…]`;
  if (node.type === "object") return objectShape(node);
  return `${node.type ?? "any"}${lengths(node)}`;
}

function objectShape({ properties = {}, required = [], additionalProperties }: Node): string {
  const fields = Object.entries(properties).map(
    ([name, node]) => `${name}${required.includes(name) ? "" : "?"}: ${shape(node)}`,
  );
  const rest = typeof additionalProperties === "object" ? [`[name]: ${shape(additionalProperties)}`] : [];
  const all = [...fields, ...rest];
  return all.length === 0 ? "{}" : `{ ${all.join(", ")} }`;
}

function lengths({ minLength, maxLength }: Node): string {
  if (maxLength !== undefined) return ` (${minLength ?? 0}–${maxLength})`;
  return minLength === undefined ? "" : ` (${minLength} or more)`;
}
