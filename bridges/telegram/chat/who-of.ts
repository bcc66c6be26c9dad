import type { Admitted } from "#subjects/telegram-update.ts";
import type { Who } from "#subjects/who.ts";

/** Who is behind an update, as conversations and jobs know them. */
export function whoOf({ incoming, role }: Admitted): Who {
  if (incoming.type === "moved") return { party: "system", id: "telegram" };
  const { id, name } = incoming.from;
  return { party: "telegram", id: `${id}`, ...(name === "" ? {} : { name }), role };
}
