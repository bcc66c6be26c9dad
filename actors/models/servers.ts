/** Who has models, how they are spoken to, and where. */
export type ServerSpec = {
  readonly speaks: "messages" | "responses" | "chat";
  readonly baseUrl: string;
  /** The variable with the key; the usual one of that vendor, so that it is set already where others use it. */
  readonly keyVariable: string;
  /** It answers without a key too: it runs on a host of one's own. */
  readonly keyless?: true;
};

/** Every provider besides the offline model, the first one preferred where several have a key. */
export const SERVERS = {
  anthropic: { speaks: "messages", baseUrl: "https://api.anthropic.com", keyVariable: "ANTHROPIC_API_KEY" },
  openai: { speaks: "responses", baseUrl: "https://api.openai.com/v1", keyVariable: "OPENAI_API_KEY" },
  gemini: {
    speaks: "chat",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    keyVariable: "GEMINI_API_KEY",
  },
  openrouter: { speaks: "chat", baseUrl: "https://openrouter.ai/api/v1", keyVariable: "OPENROUTER_API_KEY" },
  ollama: { speaks: "chat", baseUrl: "http://127.0.0.1:11434/v1", keyVariable: "OLLAMA_API_KEY", keyless: true },
  vllm: { speaks: "chat", baseUrl: "http://127.0.0.1:8000/v1", keyVariable: "VLLM_API_KEY", keyless: true },
} as const satisfies Readonly<Record<string, ServerSpec>>;

/** A provider as it is reached here. */
export type Server = ServerSpec & { readonly name: string; readonly key: string };

/**
 * The providers as an environment sets them: `THALASSA_OPENAI_BASE_URL` and its like move one elsewhere. Whoever stands
 * in OpenAI's place speaks Chat Completions, as all such servers do, and needs a key only if it wants one.
 */
export function serversFrom(env: Readonly<Record<string, string | undefined>>): readonly Server[] {
  return Object.entries<ServerSpec>(SERVERS).map(([name, spec]) => {
    const baseUrl = env[`THALASSA_${name.toUpperCase()}_BASE_URL`];
    const key = env[spec.keyVariable] ?? "";
    if (!baseUrl || baseUrl === spec.baseUrl) return { ...spec, name, key };
    const speaks = spec.speaks === "responses" ? "chat" : spec.speaks;
    return { ...spec, name, key, baseUrl, speaks, keyless: true };
  });
}

/** Whether nobody charges for a server: it is of a kind that people run themselves, or takes no key and got none. */
export function isFreeServer({ name, key, keyless }: Server): boolean {
  const specs: Readonly<Record<string, ServerSpec>> = SERVERS;
  return specs[name]?.keyless === true || (keyless === true && key === "");
}
