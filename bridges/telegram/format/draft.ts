import { FormattableString, join } from "@gramio/format";
import { type Group, groupsOf } from "./block.ts";
import { cutAt, tailAt } from "./cut.ts";
import { endOf } from "./ending.ts";
import { joined } from "./packing.ts";
import { type Form, MAX_TEXT, type Part, textPart } from "./parts.ts";
import { tokensOf } from "./reading.ts";
import { isRichLength, richOf } from "./rich.ts";
import { MAX_ENTITIES, type Styled, sliced, trimmed } from "./styled.ts";
import { endedCleanly } from "./unfinished.ts";

/** What a caption of a file holds. Units: UTF-16 units. */
const MAX_CAPTION = 1_024;

/** As much of an answer is read for a draft, and for a caption. Units: UTF-16 units. */
const MAX_READ = 6_000;

/** What stands for all that came before the end. */
const BEFORE = "…\n";

/**
 * What is shown of an answer that is still being written: one message that ends cleanly. Of a long answer it is the
 * end, from a line on, after "…". Where no rich message can be had it is text.
 */
export function draftOf(markdown: string, form: Form): Part & { readonly type: "rich" | "text" } {
  const end = endOf(markdown, MAX_READ);
  const isWhole = end === markdown;
  const tokens = endedCleanly(end);
  const rich = form === "rich" ? richOf(tokens) : undefined;
  if (rich !== undefined && isRichLength(rich)) {
    return { type: "rich", markdown: isWhole ? rich : `${BEFORE}\n${rich}` };
  }
  const simple = form === "plain" ? "plain" : "entities";
  return textPart(ending(flat(groupsOf(tokens, simple === "entities")), isWhole), simple);
}

/** All words of Markdown as plain text; addresses of links stand beside their words. Never cut. */
export function plainOf(markdown: string): string {
  return flat(groupsOf(tokensOf(markdown), false)).text;
}

/** Markdown as the plain caption of a file: at most 1,024 units, "…" at its end where there was more. */
export function captionOf(markdown: string): string {
  const text = plainOf(markdown.slice(0, MAX_READ));
  return text.length <= MAX_CAPTION && markdown.length <= MAX_READ
    ? text
    : `${text.slice(0, cutAt(text, MAX_CAPTION - 1)).trimEnd()}…`;
}

function flat(groups: readonly Group[]): Styled {
  return trimmed(joined(FormattableString.from("", []), groups.flat()));
}

function ending(styled: Styled, isWhole: boolean): Styled {
  const { text, entities } = styled;
  const max = MAX_TEXT - BEFORE.length;
  if (isWhole && text.length <= MAX_TEXT && entities.length <= MAX_ENTITIES) return styled;
  const end = text.length <= max ? styled : trimmed(sliced(styled, tailAt(text, max)));
  return join(
    [
      isWhole && text.length <= MAX_TEXT ? "" : BEFORE,
      FormattableString.from(end.text, end.entities.slice(-MAX_ENTITIES)),
    ],
    "",
  );
}
