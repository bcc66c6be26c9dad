import assert from "node:assert/strict";
import { test } from "node:test";
import { doJob } from "#models/offline-job.ts";

const LINE = { role: "user", seq: 1, at: 0, text: "" } as const;

const asked = (task: string) => doJob({ task, line: LINE, told: [] }, []);

test("what was run in the job before is told of with a task, and is not run again", () => {
  const before =
    "main.worker.wa-0 was about this: Count.\nIt is completed: $ echo 1 >>count.txt: “exit code 0”.\n$ rm count.txt: “exit code 0”.";
  assert.deepEqual(asked(`Read it out.\n$ cat count.txt\n\n[What came before it]\n${before}`), {
    text: "",
    wishes: [{ tool: "shell", command: "cat count.txt" }],
  });
  assert.match(
    asked(`Is it done?\n\n[What came before it]\n${before}`).text,
    /^Offline I only do what a task spells out/,
  );
});
