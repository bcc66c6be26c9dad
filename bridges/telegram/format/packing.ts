import { code, FormattableString, join } from "@gramio/format";
import type { Chunk, Group } from "./block.ts";
import { codeName } from "./code.ts";
import { cutAt } from "./cut.ts";
import { MAX_ENTITIES, type Styled, sliced, trimmed } from "./styled.ts";

/** A file beside the words. */
export type Attachment = { readonly name: string; readonly content: string };

/** Words of one message, and the files that follow it. */
export type Packed = { readonly styled: Styled; readonly files: readonly Attachment[] };

type Open = { styled: Styled; files: Attachment[] };

/** Less of a message than this is left empty rather than filled with a piece of what has to be cut anyway. */
const WORTH_FILLING = 0.5;

/**
 * Puts groups into as few messages as keeps each whole where it can be; of more than `most` messages, the first ones.
 * Units: `max` in UTF-16 units.
 */
export function packed(groups: readonly Group[], max: number, most: number): readonly Packed[] {
  const done: Open[] = [];
  let open = fresh();
  let codes = 0;
  const close = () => {
    if (open.styled.text.trim() !== "" || open.files.length > 0) done.push(open);
    open = fresh();
  };
  const put = (chunk: Chunk) => {
    if (!fits(open.styled, [chunk], max)) {
      if (chunk.code !== undefined && !fits(NOTHING, [chunk], max)) {
        codes += 1;
        const name = codeName(chunk.code, codes);
        put({ styled: codeLine(name), glue: chunk.glue });
        open.files.push({ name, content: `${chunk.code.text}\n` });
        return;
      }
      if (fits(NOTHING, [chunk], max) || max - open.styled.text.length < max * WORTH_FILLING) close();
    }
    let rest = chunk;
    while (done.length < most && !fits(open.styled, [rest], max)) {
      const room = max - open.styled.text.length - 2;
      const [head, tail] = halved(rest.styled, room, MAX_ENTITIES - open.styled.entities.length);
      open.styled = joined(open.styled, [{ styled: head, glue: rest.glue }]);
      close();
      rest = { styled: tail, glue: rest.glue };
    }
    if (done.length < most) open.styled = joined(open.styled, [rest]);
  };
  for (const group of groups) {
    if (done.length >= most) break;
    if (!fits(open.styled, group, max) && fits(NOTHING, group, max)) close();
    group.forEach(put);
  }
  close();
  return done.slice(0, most).map(({ styled, files }) => ({ styled: trimmed(styled), files }));
}

/** The line that stands where a block of code was. */
export function codeLine(name: string): Styled {
  return join(["The code is in ", code(name), " below."], "");
}

/** Chunks as one text. */
export function joined(styled: Styled, chunks: readonly Chunk[]): Styled {
  const glued = chunks.flatMap((chunk) => [chunk.glue, chunk.styled]);
  return join(styled.text === "" ? glued.slice(1) : [styled, ...glued], "");
}

const NOTHING: Styled = FormattableString.from("", []);

function fresh(): Open {
  return { styled: NOTHING, files: [] };
}

function fits({ text, entities }: Styled, chunks: readonly Chunk[], max: number): boolean {
  const units = chunks.reduce((sum, { styled, glue }) => sum + styled.text.length + glue.length, text.length);
  return (
    units - (text === "" ? (chunks[0]?.glue.length ?? 0) : 0) <= max &&
    chunks.reduce((sum, { styled }) => sum + styled.entities.length, entities.length) <= MAX_ENTITIES
  );
}

/** Cuts words in two, before the entity that would be one too many. */
function halved(styled: Styled, room: number, entityRoom: number): readonly [Styled, Styled] {
  const { text, entities } = styled;
  const max = Math.min(room, text.length, entities[Math.max(entityRoom, 0)]?.offset || text.length);
  const near = entities.filter(({ offset }) => offset < max);
  const isInside = (at: number) => near.some(({ offset, length }) => offset < at && at < offset + length);
  const at = max >= text.length ? text.length : cutAt(text, max, isInside);
  const tail = trimmed(sliced(styled, at));
  return [sliced(styled, 0, at), tail];
}
