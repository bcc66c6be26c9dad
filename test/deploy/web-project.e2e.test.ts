import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { channelContract } from "#subjects/channel.ts";
import { workerAddress } from "#subjects/job.ts";
import { addressOf, readEvent } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { ModelBed } from "#support/model-bed.ts";
import { browserPath, needs } from "#support/needs.ts";
import { builder, talker, WISH } from "./web-project.ts";
import { WorkingHome } from "./working-home.ts";

const CHANNEL = addressOf("main", "channel", "terminal-web");

const ENGINES = [
  ["docker", "engine"],
  ["bubblewrap", "bubblewrap"],
] as const;

for (const [engine, need] of ENGINES) {
  const skip = needs(need) || needs("browser");
  test(`${engine}: a page that somebody asked for is written, tested, mended, shown, and used`, { skip }, async () => {
    await using bed = await ModelBed.start();
    bed.answers("talker", talker);
    bed.answers("builder", builder);
    const models = { THALASSA_MODELS_CHANNEL: "vllm/talker", THALASSA_MODELS_WORKER: "vllm/builder" };
    await using home = await WorkingHome.start(engine, { ...bed.env("vllm/talker"), ...models });
    const chat = await home.thalassa("send", "web", WISH, "--wait");
    assert.match(chat.out, /I have it built\./, chat.err);
    const url = await urlTold(home);
    await assertStory(home);
    await assertPage(url);
    const kept = await home.executorLog();
    assert.ok(kept.some((event) => event.type === "finished" && event.data.result.type === "artifact"));
  });
}

/** The address that the conversation was told of when the job had ended. */
async function urlTold(home: WorkingHome): Promise<string> {
  const said = await eventually(
    async () => (await told(home)).map(({ event }) => event),
    (events) => events.some((event) => event.type === "concluded") && events.at(-1)?.type === "said",
    60_000,
  );
  const last = said.at(-1);
  assert.ok(last?.type === "said");
  const url = /^Here it is: (\S+)$/.exec(last.data.text)?.[1];
  assert.ok(url, last.data.text);
  return url;
}

async function told(home: WorkingHome) {
  return (await home.client.history(CHANNEL)).flatMap((record) => {
    const event = readEvent(channelContract, record);
    return event === undefined ? [] : [{ event, record }];
  });
}

/** What came of each call stands in the job's log: the test fails, and passes after the edit. */
async function assertStory(home: WorkingHome): Promise<void> {
  const begun = (await told(home)).find(({ event }) => event.type === "said" && event.data.began !== undefined);
  assert.ok(begun);
  const job = { address: workerAddress(CHANNEL, begun.record.id, 0) };
  const used = (await home.used(job)).join("\n--\n");
  assert.match(
    used,
    /AssertionError: 0 != 1.*--\nexit code 0.*<!doctype html>.*\nhttp\S+ until .*\nKept as \S+server\.py /s,
  );
}

/** A browser sees the page, and the server answers a click and tells of it to whoever listens. */
async function assertPage(url: string): Promise<void> {
  const executablePath = browserPath();
  assert.ok(executablePath);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    assert.equal(await page.title(), "Clicks");
    await page.locator("#all", { hasText: /^0$/ }).waitFor({ timeout: 10_000 });
    await page.getByRole("button").click();
    await page.locator("#mine", { hasText: /^1$/ }).waitFor({ timeout: 10_000 });
    await page.locator("#all", { hasText: /^1$/ }).waitFor({ timeout: 10_000 });
  } finally {
    await browser.close();
  }
}
