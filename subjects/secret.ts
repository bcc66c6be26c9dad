import { z } from "zod";

/** Where sealed secrets lie. Shape of a key: `secret.ANTHROPIC_API_KEY`. */
export const SECRET_KEYS = { bucket: "SECRETS", prefix: "secret" } as const;

/** A secret's name; one that is an environment variable's can be handed to a process. */
export const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** Entry that says which master key seals; no secret can be named so. */
export const MASTER_ENTRY = "=master";

const keyId = z.string().regex(/^[0-9a-f]{16}$/);
const base64 = z.base64();

/**
 * A secret under AES-256-GCM, its tag at the end of `sealed`. Units: `setAt` ms since 1970.
 * Shape: `{ "key": "3f2a…", "nonce": "…", "sealed": "…", "setAt": 1790000000000 }`.
 */
export const sealedSchema = z.object({ key: keyId, nonce: base64, sealed: base64, setAt: z.number().int() });

/** A secret as it is stored. */
export type Sealed = z.output<typeof sealedSchema>;

/** Which master key seals, and since when. Units: `since` ms since 1970. Shape: `{ "key": "3f2a…", "since": 1790000000000 }`. */
export const masterSchema = z.object({ key: keyId, since: z.number().int() });

/** The master key as the bus knows it: by its id. */
export type MasterMark = z.output<typeof masterSchema>;
