import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Sealed } from "#subjects/secret.ts";
import type { MasterKey } from "./master-key.ts";

const CIPHER = "aes-256-gcm";

/** What GCM takes, and what it adds. Units: bytes. */
const SIZES = { nonce: 12, tag: 16 } as const;

/** What came of opening a sealed secret. */
export type Opened =
  | { readonly type: "open"; readonly value: string }
  | { readonly type: "garbled" }
  | { readonly type: "unknown-key"; readonly key: string };

/** Seals a secret; what comes out opens under this name and this key alone. Units: `setAt` ms since 1970. */
export function seal(name: string, value: string, key: MasterKey, setAt: number): Sealed {
  const nonce = randomBytes(SIZES.nonce);
  const cipher = createCipheriv(CIPHER, key.secret, nonce).setAAD(boundTo(name, key.id));
  const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { key: key.id, nonce: nonce.toString("base64"), sealed: sealed.toString("base64"), setAt };
}

/** Opens what `seal` made, with whichever of the keys it names. */
export function open(name: string, { key: id, nonce, sealed }: Sealed, keys: readonly MasterKey[]): Opened {
  const key = keys.find((each) => each.id === id);
  if (key === undefined) return { type: "unknown-key", key: id };
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv(CIPHER, key.secret, Buffer.from(nonce, "base64"), { authTagLength: SIZES.tag })
      .setAAD(boundTo(name, id))
      .setAuthTag(bytes.subarray(-SIZES.tag));
    const value = Buffer.concat([decipher.update(bytes.subarray(0, -SIZES.tag)), decipher.final()]);
    return { type: "open", value: value.toString("utf8") };
  } catch {
    return { type: "garbled" };
  }
}

function boundTo(name: string, keyId: string): Uint8Array {
  return Buffer.from(`thalassa secret ${name} ${keyId}`);
}
