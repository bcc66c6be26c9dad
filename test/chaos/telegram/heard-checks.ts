import { byAddress, type Violation } from "#chaos/checks.ts";
import type { Stored } from "#chaos/stored.ts";
import type { Address } from "#subjects/address.ts";
import { channelOf, type Written } from "./crowd.ts";

type Heard = { readonly ref?: string; readonly text: string };

/** Each message was heard once, by the conversation of its chat, in the order in which they were written there. */
export function checkHeard(channels: readonly Stored[], written: readonly Written[]): readonly Violation[] {
  const logs = byAddress(channels);
  const meant = Map.groupBy(written, ({ room }) => channelOf(room));
  return [...new Set([...logs.keys(), ...meant.keys()])].flatMap((address) =>
    heardIn(address, logs.get(address) ?? [], meant.get(address) ?? []),
  );
}

function heardIn(address: Address, log: readonly Stored[], written: readonly Written[]): readonly Violation[] {
  const heard = log.filter(({ event }) => event === "heard").map(({ data }) => data as Heard);
  const refs = heard.map(({ ref }) => ref ?? "without a ref");
  const wanted = written.map(({ message }) => `${message}`);
  const garbled = written.filter(({ message, text }) =>
    heard.some((each) => each.ref === `${message}` && each.text !== text),
  );
  return [
    ...garbled.map(({ message, text }) => ({
      what: `message ${message} was not heard as it was written: ${text}`,
      address,
    })),
    ...(refs.join() === wanted.join()
      ? []
      : [{ what: `heard were ${refs.join(" ")}; written were ${wanted.join(" ")}`, address }]),
  ];
}

/** Each update was taken in once, and every one that a message led to. */
export function checkTakenIn(poller: readonly Stored[], written: readonly Written[]): readonly Violation[] {
  const numbers = poller
    .filter(({ event }) => event === "received")
    .flatMap(({ data }) => (data as { readonly numbers: readonly number[] }).numbers);
  const distinct = new Set(numbers);
  const doubled = numbers.filter((number, at) => numbers.indexOf(number) !== at);
  return [
    ...(doubled.length === 0 ? [] : [{ what: `updates ${doubled.join(" ")} were taken in twice` }]),
    ...(distinct.size === written.length
      ? []
      : [{ what: `${distinct.size} updates were taken in, and ${written.length} messages were written` }]),
  ];
}
