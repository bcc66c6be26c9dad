/**
 * Loaded into a process before its own code: what it sends to OpenAI itself goes to `TEST_OPENAI` on this host. A base URL
 * would not do: whoever stands in OpenAI's place is spoken to by the older API.
 */
const OPENAI = "https://api.openai.com";

const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  const url = input instanceof Request ? input.url : `${input}`;
  return url.startsWith(OPENAI) ? fetch(url.replace(OPENAI, `${process.env.TEST_OPENAI}`), init) : fetch(input, init);
};
