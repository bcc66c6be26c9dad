import type { Client } from "#runtime/client.ts";
import type { Address } from "#subjects/mod.ts";

/** How many messages of one conversation are on their way at once. */
const AT_ONCE = 500;

/** Speaks without waiting for answers until a conversation has so many events, and every message is answered. */
export async function talkUntil(client: Client, address: Address, events: number): Promise<void> {
  let seen = 0;
  let unanswered = 0;
  let wake = (): void => {};
  using _log = client.follow(address, {
    fromSeq: 0,
    onRecord: ({ event, data }) => {
      seen++;
      if (event === "said") unanswered -= (data as { readonly answers?: readonly number[] }).answers?.length ?? 0;
      wake();
    },
  });
  for (let sent = 0; seen < events || unanswered > 0; ) {
    if (seen + unanswered < events && unanswered < AT_ONCE) {
      unanswered++;
      await client.send(address, "hear", { text: `message ${sent++}`, who: { party: "terminal", id: "ada" } });
    } else await new Promise<void>((resolve) => (wake = resolve));
  }
}
