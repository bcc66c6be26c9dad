import { FormattableString } from "@gramio/format";

/** Words with their entities, as Telegram takes them. Units: offsets and lengths in UTF-16 units. */
export type Styled = FormattableString;

/** An entity of words. */
export type Entity = FormattableString["entities"][number];

/** How many entities Telegram looks at in one message. */
export const MAX_ENTITIES = 100;

/** The words from `from` to `to`, each entity with what is left of it. */
export function sliced({ text, entities }: Styled, from: number, to = text.length): Styled {
  return FormattableString.from(text.slice(from, to), clipped(entities, from, to));
}

/** Entities as Telegram wants them: sorted, none empty, none twice at a place, and none over code but a quote. */
export function ordered({ text, entities }: Styled): Styled {
  const codes = entities
    .filter(({ type }) => type === "code" || type === "pre")
    .sort((one, other) => one.offset - other.offset);
  const apart = entities
    .flatMap((entity) => (isFixed(entity) ? [entity] : without(entity, codes)))
    .map((entity) => (isFixed(entity) ? entity : tightened(text, entity)))
    .filter(({ length }) => length > 0)
    .sort((one, other) => one.offset - other.offset || other.length - one.length);
  const kept: Entity[] = [];
  const ends = new Map<string, number>();
  for (const entity of apart) {
    const type = isFixed(entity) && entity.type !== "blockquote" ? "code" : entity.type;
    if (entity.offset < (ends.get(type) ?? 0)) continue;
    ends.set(type, entity.offset + entity.length);
    kept.push(entity);
  }
  return FormattableString.from(text, kept);
}

/** The words without the white space around them, which Telegram takes away; what begins in code keeps it. */
export function trimmed(styled: Styled): Styled {
  const { text, entities } = styled;
  const firstCode = entities.find(({ type }) => type === "pre" || type === "code")?.offset ?? text.length;
  const lead = Math.min(text.length - text.trimStart().length, firstCode);
  return ordered(sliced(styled, lead, Math.max(text.trimEnd().length, lead)));
}

/** Each line but the first begins with `pad`. */
export function indented({ text, entities }: Styled, pad: string): Styled {
  if (entities.length === 0) return FormattableString.from(text.replaceAll("\n", `\n${pad}`), []);
  const lines = linesBefore(text);
  const moved = (at: number) => at + pad.length * (lines[at] ?? 0);
  return FormattableString.from(
    text.replaceAll("\n", `\n${pad}`),
    entities.map((entity) => {
      const offset = moved(entity.offset);
      return { ...entity, offset, length: moved(entity.offset + entity.length) - offset };
    }),
  );
}

/** Whether there is nothing to be seen; Telegram refuses such a text. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cf}\p{Cc}\p{Z}\p{Mn}\u115F\u1160\u2800\u3164\uFFA0]*$/u.test(text);
}

/** How many lines end before each place of a text. */
function linesBefore(text: string): Uint32Array {
  const lines = new Uint32Array(text.length + 1);
  for (let at = 1; at <= text.length; at += 1) lines[at] = (lines[at - 1] ?? 0) + (text[at - 1] === "\n" ? 1 : 0);
  return lines;
}

function clipped(entities: readonly Entity[], from: number, to: number): Entity[] {
  return entities.flatMap((entity) => {
    const start = Math.max(entity.offset, from);
    const end = Math.min(entity.offset + entity.length, to);
    return end > start ? [{ ...entity, offset: start - from, length: end - start }] : [];
  });
}

function isFixed({ type }: Entity): boolean {
  return type === "code" || type === "pre" || type === "blockquote";
}

/** What is left of an entity beside code; a link keeps all, for `inline` puts no code into one. */
function without(entity: Entity, codes: readonly Entity[]): readonly Entity[] {
  let from = entity.offset;
  const end = entity.offset + entity.length;
  const left: Entity[] = [];
  for (let n = firstAfter(codes, from); n < codes.length; n += 1) {
    const code = codes[n];
    if (code === undefined || code.offset >= end) break;
    left.push({ ...entity, offset: from, length: code.offset - from });
    from = code.offset + code.length;
  }
  return [...left, { ...entity, offset: from, length: end - from }].filter(({ length }) => length > 0);
}

/** The first of entities, sorted and apart, that ends after a place. */
function firstAfter(entities: readonly Entity[], at: number): number {
  let [low, high] = [0, entities.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { offset, length } = entities[middle] ?? { offset: at, length: 1 };
    if (offset + length > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function tightened(text: string, entity: Entity): Entity {
  const words = text.slice(entity.offset, entity.offset + entity.length);
  const lead = words.length - words.trimStart().length;
  return { ...entity, offset: entity.offset + lead, length: words.trim().length };
}
