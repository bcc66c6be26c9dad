/**
 * A published price. Shape: `2/10/0.2/2.5` are input, output, read from a cache, written to it. `above` holds for a whole
 * call whose prompt, cached or not, is longer. Units: US dollars a million tokens.
 */
export type Listed = {
  readonly price: string;
  readonly above?: { readonly tokens: number; readonly price: string };
};

/** From here on OpenAI takes twice as much for what it reads, and half as much again for what it writes. Units: tokens. */
const OPENAI_LONG = 272_000;

/** From here on Google's large models cost more. Units: tokens. */
const GEMINI_LONG = 200_000;

/**
 * What vendors published, by beginnings of `provider/model`; the longest one that fits counts. Vendors change their prices
 * and nothing here hears of it: the setting `models.prices` wins over every line. Standard tier, writes kept for the
 * shortest time that the vendor offers.
 * Source: Anthropic: platform.claude.com/docs/en/about-claude/pricing, and for Opus, Sonnet and Haiku 5.5 the models
 * overview there and the release notes of trackers that read the page on 2026-10-24 (kurofune/claudit 1.9.2).
 * OpenAI: developers.openai.com/api/docs/models and /pricing as read by TheKrush/PromptFuel 1.0.19–1.0.24 (to 2026-10-26) and
 * merefield/codexometer 0.18.4; gpt-6.1-sol by docs.litellm.ai/blog/gpt-6-1-terra; gpt-5.5 and older by the table at
 * docs.apiyi.com/models and docs.rs/adk-model (March 2026). A price of cache writes that nobody names is 1.25 times input.
 * Gemini: ai.google.dev/gemini-api/docs/pricing as quoted by morphllm.com/gemini-api-pricing; 3.8 Flash at what it costs from
 * 2027 on, twice that of 2026; reading from a cache at a tenth, without the storage, which goes by the hour.
 */
export const LISTED: Readonly<Record<string, Listed>> = {
  "anthropic/claude-fable-5": { price: "10/50/1/12.5" },
  "anthropic/claude-fable-5-1": { price: "10/50/0.25/12.5" },
  "anthropic/claude-mythos-5": { price: "10/50/1/12.5" },
  "anthropic/claude-mythos-5-1": { price: "10/50/0.25/12.5" },
  "anthropic/claude-opus-5": { price: "5/25/0.5/6.25" },
  "anthropic/claude-opus-5-5": { price: "4/20/0.2/5" },
  "anthropic/claude-opus-4": { price: "15/75/1.5/18.75" },
  "anthropic/claude-opus-4-5": { price: "5/25/0.5/6.25" },
  "anthropic/claude-opus-4-6": { price: "5/25/0.5/6.25" },
  "anthropic/claude-opus-4-7": { price: "5/25/0.5/6.25" },
  "anthropic/claude-opus-4-8": { price: "5/25/0.5/6.25" },
  "anthropic/claude-sonnet-5": { price: "2/10/0.2/2.5" },
  "anthropic/claude-sonnet-5-5": { price: "2/10/0.1/2.5" },
  "anthropic/claude-sonnet-4": { price: "3/15/0.3/3.75" },
  "anthropic/claude-haiku-5-5": {
    price: "0.1/0.5/0.01/0.125",
    above: { tokens: 100_000, price: "0.5/2.5/0.05/0.625" },
  },
  "anthropic/claude-haiku-4-5": { price: "1/5/0.1/1.25" },

  "openai/gpt-6-astra": { price: "10/50/1/12.5", above: { tokens: OPENAI_LONG, price: "20/75/2/25" } },
  "openai/gpt-6-sol": { price: "2/10/0.2/2.5", above: { tokens: OPENAI_LONG, price: "4/15/0.4/5" } },
  "openai/gpt-6-luna": { price: "0.1/0.5/0.01/0.125", above: { tokens: OPENAI_LONG, price: "0.2/0.75/0.02/0.25" } },
  "openai/gpt-6.1-sol": { price: "2/10/0.1/2.5", above: { tokens: OPENAI_LONG, price: "4/15/0.2/5" } },
  "openai/gpt-6.1-terra": { price: "1/5/0.05/1.25", above: { tokens: OPENAI_LONG, price: "2/7.5/0.1/2.5" } },
  "openai/gpt-5.6-sol": { price: "4/20/0.4/5", above: { tokens: OPENAI_LONG, price: "8/30/0.8/10" } },
  "openai/gpt-5.6-terra": { price: "2/12/0.2/2.5", above: { tokens: OPENAI_LONG, price: "4/18/0.4/5" } },
  "openai/gpt-5.6-luna": { price: "0.2/1.2/0.02/0.25", above: { tokens: OPENAI_LONG, price: "0.4/1.8/0.04/0.5" } },
  "openai/gpt-5.5": { price: "5/30/0.5", above: { tokens: OPENAI_LONG, price: "10/45/1" } },
  "openai/gpt-5.5-pro": { price: "30/180/30" },
  "openai/gpt-5.4": { price: "2.5/15/0.25", above: { tokens: OPENAI_LONG, price: "5/22.5/0.5" } },
  "openai/gpt-5.4-pro": { price: "30/180/30" },
  "openai/gpt-5.4-mini": { price: "0.75/4.5/0.075" },

  "gemini/gemini-3.8-flash": { price: "1.5/7.5/0.15" },
  "gemini/gemini-3.5-flash": { price: "1.5/9/0.15" },
  "gemini/gemini-3.1-pro": { price: "2/12/0.2", above: { tokens: GEMINI_LONG, price: "4/18/0.4" } },
  "gemini/gemini-3.1-flash-lite": { price: "0.25/1.5/0.025" },
  "gemini/gemini-3-flash": { price: "0.5/3/0.05" },
  "gemini/gemini-2.5-pro": { price: "1.25/10/0.125", above: { tokens: GEMINI_LONG, price: "2.5/15/0.25" } },
  "gemini/gemini-2.5-flash": { price: "0.3/2.5/0.03" },
  "gemini/gemini-2.5-flash-lite": { price: "0.1/0.4/0.01" },
};
