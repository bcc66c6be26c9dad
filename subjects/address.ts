import { z } from "zod";
import { BadToken, encodeToken, isToken } from "./token.ts";

/** Where an actor is reached. Shape: `main.channel.terminal-default`, which is `<agent>.<kind>.<id>`, each one token. */
export type Address = `${string}.${string}.${string}`;

/** An address taken apart. */
export type AddressParts = { readonly agent: string; readonly kind: string; readonly id: string };

/** The agent that is meant where none is named. */
export const DEFAULT_AGENT = "main";

/** Builds an address from tokens. Throws: BadToken when a part is no token. */
export function addressOf(agent: string, kind: string, id: string): Address {
  for (const part of [agent, kind, id]) {
    if (!isToken(part)) throw new BadToken(part, "escape it first; an address is <agent>.<kind>.<id>");
  }
  return `${agent}.${kind}.${id}`;
}

/** Takes an address apart. Throws: BadToken when it is not `<agent>.<kind>.<id>`. */
export function parseAddress(text: string): AddressParts {
  const parts = text.split(".");
  const [agent, kind, id] = parts;
  if (parts.length !== 3 || agent === undefined || kind === undefined || id === undefined || !parts.every(isToken)) {
    throw new BadToken(text, "an address is <agent>.<kind>.<id>, for example main.channel.terminal-default");
  }
  return { agent, kind, id };
}

/** Whether a text is an address. */
export function isAddress(text: string): text is Address {
  const parts = text.split(".");
  return parts.length === 3 && parts.every(isToken);
}

/** An address inside a body. */
export const addressSchema = z
  .string()
  .refine(isAddress, "is no address; one is <agent>.<kind>.<id>")
  .transform((text) => text as Address);

/**
 * Resolves what a person typed for a channel: a full address is used as it is, a plain name means "mine of that name".
 * Shape: `resolveChannel("work", "terminal")` is `main.channel.terminal-work`. Throws: BadToken.
 */
export function resolveChannel(name: string, origin: string, agent: string = DEFAULT_AGENT): Address {
  const parts = name.split(".");
  if (parts.length === 3 && parts[1] === "channel" && parts.every(isToken)) return name as Address;
  return addressOf(encodeToken(agent), "channel", `${origin}-${encodeToken(name)}`);
}
