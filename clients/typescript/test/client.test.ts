// The client without a server: what it sends, how it reads streams and errors.
import assert from "node:assert/strict";
import { test } from "node:test";
import { messages } from "../src/events.js";
import { ProblemError, Visis } from "../src/index.js";

interface Sent {
  url: string;
  init: RequestInit;
}

/** A client whose fetch answers these, in turn, and notes what was sent. An Error is thrown. */
function visisWith(...answers: (Response | Error)[]): { visis: Visis; sent: Sent[] } {
  const sent: Sent[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    if (init.body instanceof ReadableStream) init.body = await new Response(init.body).text();
    sent.push({ url: String(url), init });
    const answer = answers.shift();
    if (answer === undefined) throw new Error("one call too many");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { visis: new Visis({ baseUrl: "http://books.example/", key: "secret", fetch }), sent };
}

function json(body: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" }, ...init });
}

function stream(...chunks: (string | Error)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else if (chunk instanceof Error) controller.error(chunk);
      else controller.enqueue(encoder.encode(chunk));
    },
  });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const PROGRESS = { type: "progress", done: 1, total: 2, unit: "parts" };
const problem = (slug: string, status: number) => ({
  type: `/problems#${slug}`,
  title: "No",
  status,
  detail: "Do it otherwise.",
  instance: "/jobs",
  request_id: "5f0c",
});

test("path, query, headers, key and body are sent as the operation says", async () => {
  const { visis, sent } = visisWith(json({}), json([]));
  await visis.call("update_book", { path: { book_id: 7 }, json: { language: "en" }, header: { "If-Match": '"a"' } });
  await visis.call("list_books", { query: { q: "a b&c", page: 2 } });
  assert.equal(sent[0]?.url, "http://books.example/books/7");
  assert.equal(sent[0]?.init.method, "PATCH");
  assert.equal(sent[0]?.init.body, '{"language":"en"}');
  const headers = new Headers(sent[0]?.init.headers);
  assert.equal(headers.get("If-Match"), '"a"');
  assert.equal(headers.get("Authorization"), "Bearer secret");
  assert.equal(headers.get("Content-Type"), "application/json");
  assert.equal(sent[1]?.url, "http://books.example/books/?q=a+b%26c&page=2");
});

test("an answer is read by its type", async () => {
  const { visis } = visisWith(
    new Response("Once.", { headers: { "Content-Type": "text/plain; charset=utf-8" } }),
    new Response("abc", { headers: { "Content-Type": "image/png" } }),
    new Response(null, { status: 204 }),
    new Response(null, { status: 304 }),
  );
  const path = { book_id: 1, page_number: 1 };
  assert.equal(await visis.call("read_page_text", { path }), "Once.");
  assert.equal((await visis.call("read_cover", { path })).size, 3);
  assert.equal(await visis.call("delete_book", { path }), undefined);
  assert.equal((await visis.send("read_book", { path })).status, 304);
});

test("a problem is an error with its kind, its fields and when to try again", async () => {
  const body = JSON.stringify({ ...problem("busy", 503), errors: [{ field: "text", message: "is long" }] });
  const headers = { "Content-Type": "application/problem+json", "Retry-After": "3" };
  const { visis } = visisWith(new Response(body, { status: 503, headers }));
  const error = await visis.call("list_models").catch((thrown: unknown) => thrown);
  assert.ok(error instanceof ProblemError);
  assert.equal(error.slug, "busy");
  assert.equal(error.status, 503);
  assert.equal(error.retryAfterS, 3);
  assert.equal(error.problem.errors?.[0]?.field, "text");
  assert.equal(error.message, "No: Do it otherwise.");
});

test("an error that is not from the API is a problem as well", async () => {
  const { visis } = visisWith(new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
  await assert.rejects(visis.call("list_models"), { name: "ProblemError", status: 502, slug: "about:blank", retryAfterS: undefined });
});

test("messages are read whatever the chunks and line ends", async () => {
  const text = 'id: 1\nevent: a\ndata: {"x":\ndata: 1}\n\n: beat\n\nid: 2\r\ndata:é\r\n\r\ndata: 3\r\rdata: unfinished';
  const bytes = new TextEncoder().encode(text);
  const expected = [
    { id: "1", data: '{"x":\n1}' },
    { id: "2", data: "é" },
    { id: "2", data: "3" },
  ];
  for (const size of [1, 2, 3, 7, 1000]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    });
    assert.deepEqual(await all(messages(body)), expected, `chunks of ${size}`);
  }
});

test("a broken stream goes on behind its last event, until the work has ended", async () => {
  const event = (id: number) => `id: ${id}\ndata: ${JSON.stringify({ ...PROGRESS, done: id })}\n\n`;
  const { visis, sent } = visisWith(
    new Response(stream(event(1), event(2), new TypeError("terminated"))),
    new Response(stream(event(3))),
    new Response(null, { status: 204 }),
  );
  const events = await all(visis.events("follow_job", { path: { job_id: "a" } }));
  assert.deepEqual(
    events.map((one) => one.type === "progress" && one.done),
    [1, 2, 3],
  );
  const asked = sent.map(({ init }) => new Headers(init.headers).get("Last-Event-ID"));
  assert.deepEqual(asked, [null, "2", "3"]);
});

test("a stream is not resumed for ever", async () => {
  const numbered = `id: 1\ndata: ${JSON.stringify(PROGRESS)}\n\n`;
  const { visis, sent } = visisWith(new Response(stream(numbered)), new TypeError("refused"));
  await assert.rejects(all(visis.events("follow_job", { path: { job_id: "a" } }, { resumptions: 1 })), TypeError);
  assert.equal(sent.length, 2);
});

test("a stream without numbers is never repeated", async () => {
  const body = stream(`data: ${JSON.stringify(PROGRESS)}\n\n`, new TypeError("terminated"));
  const { visis, sent } = visisWith(new Response(body));
  await assert.rejects(all(visis.events("stream_summary", { json: { text: "Once." } })), TypeError);
  assert.equal(sent.length, 1);
});

test("leaving a stream closes its connection", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode(`id: 1\ndata: ${JSON.stringify(PROGRESS)}\n\n`)),
    cancel: () => {
      cancelled = true;
    },
  });
  const { visis } = visisWith(new Response(body));
  for await (const event of visis.events("follow_job", { path: { job_id: "a" } })) {
    assert.equal(event.type, "progress");
    break;
  }
  assert.ok(cancelled);
});

test("an upload says how much has left", async () => {
  const { visis, sent } = visisWith(json({}, { status: 201 }));
  const reports: { sent: number; total: number }[] = [];
  const form = { file: new File(["Once upon a time."], "story.txt"), title: "A story" };
  await visis.call("import_book", { form }, { onUpload: (progress) => reports.push(progress) });
  const last = reports.at(-1);
  assert.ok(last && last.sent === last.total && last.total > 17);
  const type = new Headers(sent[0]?.init.headers).get("Content-Type") ?? "";
  assert.match(type, /^multipart\/form-data; boundary=/);
  assert.match(String(sent[0]?.init.body), /filename="story.txt"[^]*Once upon a time\.[^]*name="title"[^]*A story/);
});
