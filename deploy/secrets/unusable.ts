import { ThalassaError } from "#deploy/errors.ts";

/** A secret, or the master key of all, that cannot be used. */
export class SecretUnusable extends ThalassaError<
  | "secret-misnamed"
  | "secret-invalid"
  | "secret-missing"
  | "secret-garbled"
  | "secret-key-missing"
  | "secret-key-unknown"
  | "secret-key-garbled"
  | "secret-key-unreadable"
  | "secret-key-given"
  | "secret-rotating"
> {}

/** What is stored under that name opens with no key: it was changed, or is of another version. */
export function garbled(name: string): SecretUnusable {
  return new SecretUnusable({
    code: "secret-garbled",
    message: `the secret ${name} on the bus is garbled: it does not open with the key that it names`,
    hint: `set it anew with thalassa secret set ${name}, or remove it with thalassa secret rm ${name}`,
  });
}

/** It is sealed under a key that this home does not have. */
export function sealedElsewhere(what: string, keyId: string, keyFile: string): SecretUnusable {
  return new SecretUnusable({
    code: "secret-key-unknown",
    message: `${what} under master key ${keyId}, which is not here`,
    hint: `copy ${keyFile} from the host where it was made or rotated last; if it is lost, thalassa secret rm NAME removes what it sealed`,
  });
}
