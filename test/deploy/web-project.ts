import type { ChatCompletionRequest } from "@copilotkit/aimock";

/** What the person of the demonstration wants. */
export const WISH = "Build a page that counts clicks, and show it to me.";

const PAGE = `<!doctype html>
<meta charset="utf-8"><title>Clicks</title>
<h1>Clicks</h1>
<button>Click</button> <output id="mine">0</output> of <output id="all">?</output>
<script>
  document.querySelector("button").onclick = async () => {
    const answer = await fetch("click", { method: "POST" });
    document.querySelector("#mine").textContent = await answer.text();
  };
  new EventSource("clicks").onmessage = ({ data }) => { document.querySelector("#all").textContent = data; };
</script>
`;

const SERVER = `import http.server
import threading

count = 0
changed = threading.Condition()


def after_click(count):
    return count


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.endswith("/clicks"):
            return self.clicks()
        with open("page.html", "rb") as page:
            self.answer("text/html; charset=utf-8", page.read())

    def do_POST(self):
        global count
        with changed:
            count = after_click(count)
            changed.notify_all()
        self.answer("text/plain", str(count).encode())

    def clicks(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        with changed:
            while True:
                self.wfile.write(f"data: {count}\\n\\n".encode())
                changed.wait()

    def answer(self, type, body):
        self.send_response(200)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
`;

const TESTS = `import unittest

from server import after_click


class Clicks(unittest.TestCase):
    def test_a_click_counts(self):
        self.assertEqual(after_click(0), 1)
`;

type Call = readonly [name: string, input: object];

const RUN_TESTS: Call = ["shell", { command: "python3 -m unittest -q" }];

/** What the model of the job does, one answer after the other, until it ends with words. */
const ANSWERS: readonly (readonly Call[])[] = [
  [
    ["set_status", { text: "I write the page and its server." }],
    ["file", { type: "write", path: "page.html", text: PAGE }],
    ["file", { type: "write", path: "server.py", text: SERVER }],
    ["file", { type: "write", path: "test_server.py", text: TESTS }],
  ],
  [RUN_TESTS],
  [["file", { type: "edit", path: "server.py", old: "    return count\n", new: "    return count + 1\n" }]],
  [RUN_TESTS],
  [
    [
      "shell",
      {
        command:
          "python3 server.py >server.log 2>&1 & curl -s --retry 50 --retry-delay 1 --retry-connrefused 127.0.0.1:8080",
      },
    ],
  ],
  [
    ["preview", { port: 8080, minutes: 10 }],
    ["artifact", { do: "keep", path: "server.py" }],
  ],
];

/** The model of the conversation: has it done as a job, and tells what came of it. */
export function talker({ messages }: ChatCompletionRequest) {
  const transcript = JSON.stringify(messages);
  const url = /has ended: done.*?(https?:\/\/[^\s"\\]+)/s.exec(transcript)?.[1];
  if (url !== undefined) return { content: `Here it is: ${url}` };
  if (transcript.includes("has ended")) return { content: "That came to nothing." };
  if (transcript.includes("[Report]") || !transcript.includes(WISH)) return { content: "It goes on." };
  return { content: "I have it built.", toolCalls: [calling(["spawn_worker", { task: WISH }])] };
}

/** The model of the job. */
export function builder({ messages }: ChatCompletionRequest) {
  const answered = messages.filter(({ tool_calls = [] }) => tool_calls.length > 0).length;
  const calls = ANSWERS[answered];
  if (calls !== undefined) return { toolCalls: calls.map(calling) };
  const url = /https?:\/\/\S+(?= until )/.exec(messages.map(({ content }) => content).join("\n"))?.[0];
  return { content: `It counts clicks, and its test passes: ${url}` };
}

function calling([name, input]: Call) {
  return { name, arguments: JSON.stringify(input) };
}
