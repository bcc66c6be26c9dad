import { z } from "zod";

/** What a setting may be. */
export type Value = string | number | boolean;

/** A setting that follows from another one where nobody sets it. */
export type Derived<T extends Value> = {
  /** For people. Shape: `bus.port + 4000`. */
  readonly text: string;
  readonly from: (value: (key: string) => Value) => T;
};

/** What may stand there, for zod and for people. */
export type Shape<T extends Value> = { readonly schema: z.ZodType<T>; readonly accepts: string };

/** One thing that people may choose. */
export type Setting<T extends Value = Value> = Shape<T> & {
  /** One line for people. */
  readonly about: string;
  readonly default: T | Derived<T>;
  readonly unit?: "ms" | "days";
  /** `shared` is one value for every host, kept on the bus; `host` is this host's own, read before there is a bus. */
  readonly scope: "shared" | "host";
  readonly takesEffect: "when `up` is started anew" | "at once";
  /** An agent may have its own. */
  readonly perAgent?: true;
  /** Masked wherever it is shown; `host` alone, for many may read what is shared. */
  readonly secret?: true;
  /** Option of a command that wins over it. Shape: `up --port`. */
  readonly flag?: string;
  /** Handed to the processes of the kinds by its variable. */
  readonly handedOn?: true;
};

/** Settings by key. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** The variable that sets a key. Shape: `bus.port` is `THALASSA_BUS_PORT`. */
export function variableOf(key: string): string {
  return `THALASSA_${key.replaceAll(".", "_").toUpperCase()}`;
}

/** Whole numbers in a range, as numbers or written out. */
export function wholeNumber(from: number, to: number): Shape<number> {
  const schema = z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .pipe(z.number().int().min(from).max(to));
  return { schema, accepts: `a whole number from ${from} to ${to}` };
}

/** An amount with up to six digits after its dot, as a number or written out. */
export function amount(to: number): Shape<number> {
  const schema = z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,9}(?:\.\d{1,6})?$/)
        .transform(Number),
    ])
    .pipe(z.number().min(0).max(to).multipleOf(0.000_001));
  return { schema, accepts: `a number from 0 to ${to}, such as 20 or 0.5` };
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly [T, ...T[]]): Shape<T> {
  return { schema: z.enum(words), accepts: words.join(" or ") };
}

/** On or off. */
export function onOff(): Shape<boolean> {
  return { schema: z.union([z.boolean(), z.stringbool()]), accepts: "true or false" };
}

/** A stretch between two whole numbers, written as one word. Shape: `20-500`. */
export function range(to: number): Shape<string> {
  const schema = z
    .string()
    .regex(/^\d+-\d+$/)
    .refine((text) => {
      const [low = 0, high = 0] = text.split("-").map(Number);
      return low <= high && high <= to;
    });
  return { schema, accepts: `a range such as 20-500, up to ${to}` };
}

/** Text that matches. */
export function textLike(pattern: RegExp, accepts: string): Shape<string> {
  return { schema: z.string().regex(pattern), accepts };
}
