// Every main route in one program: `node dist/example.js ADDRESS TEXT_FILE PDF_FILE [KEY]`. Prints what it saw as JSON.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { ProblemError, Visis, type EventOf, type Schemas } from "./src/index.js";

const [baseUrl = "http://127.0.0.1:8000", textPath = "", pdfPath = "", key] = process.argv.slice(2);
const visis = new Visis({ baseUrl, ...(key !== undefined && { key }) });
const text = await readFile(textPath, "utf8");

/** Books in: an upload with its progress, and the stream of an import. */
async function importBooks(): Promise<{ story: Schemas["Book"]; pdf: Schemas["Book"] }> {
  const sent: number[] = [];
  const form = { file: new File([text], "story.txt", { type: "text/plain" }), title: "A story", author: "The example" };
  const story = await visis.call("import_book", { form }, { onUpload: (progress) => sent.push(progress.sent / progress.total) });
  assert.equal(sent.at(-1), 1);

  let pdf: Schemas["Book"] | undefined;
  const file = new File([await readFile(pdfPath)], "pages.pdf", { type: "application/pdf" });
  for await (const event of visis.events("follow_import", { form: { file } })) {
    switch (event.type) {
      case "progress":
        assert.equal(event.unit, "pages");
        break;
      case "done":
        pdf = event.result;
        break;
      case "problem":
        throw new ProblemError(event.problem, event.problem.status);
      default:
        event satisfies never;
    }
  }
  assert.ok(pdf);

  // For long imports: an answer as soon as the file is stored.
  const later = { file: new File(["A book that nobody waits for."], "later.txt", { type: "text/plain" }) };
  let begun = await visis.call("begin_import", { form: later });
  const path = { import_id: begun.id };
  while (begun.state === "queued" || begun.state === "running") begun = await visis.call("read_import", { path });
  assert.equal(begun.state, "succeeded");
  assert.ok((await visis.call("list_imports")).some(({ id }) => id === begun.id));
  await assert.rejects(visis.call("cancel_import", { path }), { slug: "conflict" });
  await visis.call("delete_book", { path: { book_id: begun.book_id ?? 0 } });
  return { story, pdf };
}

/** The library: lists by their links, entity tags, changes that lose nothing. */
async function manageBooks(book: Schemas["Book"]): Promise<void> {
  const path = { book_id: book.id };
  const list = await visis.send("list_books", { query: { q: book.title, sort: "-id", per_page: 100 } });
  assert.ok(list.status === 200 && list.data.some(({ id }) => id === book.id));
  assert.ok(Number(list.headers.get("X-Total-Count")) >= 1);

  const read = await visis.send("read_book", { path });
  const etag = read.headers.get("ETag") ?? "";
  assert.equal((await visis.send("read_book", { path, header: { "If-None-Match": etag } })).status, 304);
  const changed = await visis.call("update_book", { path, json: { language: "en" }, header: { "If-Match": etag } });
  assert.equal(changed.language, "en");
  await assert.rejects(visis.call("update_book", { path, json: { language: "de" }, header: { "If-Match": etag } }), {
    slug: "precondition-failed",
  });
  const replaced = await visis.call("replace_book", { path, json: { title: "A story", author: "Somebody else" } });
  assert.equal(replaced.author, "Somebody else");

  const note = await visis.call("create_book", { json: { title: "A note", author: "The example", text: "One line." } });
  await visis.call("delete_book", { path: { book_id: note.id } });
  await assert.rejects(visis.call("read_book", { path: { book_id: note.id } }), { slug: "not-found" });
}

/** Reading: pages as JSON, text and Markdown; chapters, search, files and pictures. */
async function readBooks(story: Schemas["Book"], pdf: Schemas["Book"]): Promise<void> {
  const path = { book_id: story.id, page_number: 1 };
  const page = await visis.call("read_page", { path });
  assert.equal(await visis.call("read_page_text", { path }), page.text);
  assert.ok(await visis.call("read_page_markdown", { path }));
  assert.ok((await visis.call("read_text", { path })).includes(page.text.slice(0, 40)));
  assert.equal((await visis.call("read_text_pages", { path, query: { last_page: 1 } })).pages[0]?.text, page.text);
  assert.ok((await visis.call("list_chapters", { path })).chapters.length > 0);
  const word = /[A-Za-z]{6,}/.exec(page.text)?.[0] ?? "";
  assert.ok((await visis.call("search_pages", { query: { q: word } })).some((hit) => hit.book_id === story.id));
  assert.equal(await (await visis.call("read_file", { path })).text(), text);

  const drawn = { book_id: pdf.id, page_number: 1 };
  assert.ok((await visis.call("read_page_image", { path: drawn, query: { width: 200 } })).size > 0);
  assert.ok((await visis.call("read_cover", { path: drawn })).type.startsWith("image/"));
  const [picture] = await visis.call("list_pictures", { path: drawn });
  assert.ok(picture);
  const image = await visis.call("read_picture", { path: { ...drawn, image_number: picture.number } });
  assert.ok(image.type.startsWith("image/"));
  // For `src` and `href`.
  assert.equal(visis.url("read_cover", { path: drawn }), `${baseUrl}/books/${pdf.id}/cover`);
}

/** Summaries, key points and speech of any text. */
async function generate(): Promise<Schemas["Summary"]> {
  const summary = await visis.call("generate_summary", { json: { text, length: "short", engine: "extractive" } });
  assert.ok(summary.summary.length < text.length);
  const last = await lastOf(visis.events("stream_summary", { json: { text, length: "short" } }));
  assert.ok(last.type === "done" && last.result.summary);
  const audio = await visis.call("generate_summary_audio", { json: { text: "One line. And another." } });
  assert.equal(audio.type, "audio/mpeg");

  const points = await visis.call("generate_points", { json: { text, count: 3 } });
  assert.equal(points.points.length, 3);
  const lastPoints = await lastOf(visis.events("stream_points", { json: { text, count: 3 } }));
  assert.ok(lastPoints.type === "done" && lastPoints.result.points.length === 3);

  const file = new File([text], "story.txt", { type: "text/plain" });
  assert.ok((await visis.call("generate_long_summary", { form: { file } })).summary);
  const lastLong = await lastOf(visis.events("stream_long_summary", { json: { text } }));
  assert.ok(lastLong.type === "done" && lastLong.result.engine);
  return summary;
}

/** A whole book: an order, its events, the finished summary with audio and captions. */
async function summariseBook(book: Schemas["Book"]): Promise<{ types: string[]; summary: Schemas["BookSummary"] }> {
  const path = { book_id: book.id };
  const order = await visis.send("order_summary", { path, json: { points: 3, audio: true, engine: "extractive" } });
  if (order.status !== 202) throw new Error(`expected a new job, not ${order.status}`);
  const job = { job_id: order.data.id };

  const types = new Set<string>();
  let summaryId = "";
  for await (const event of visis.events("follow_job", { path: job })) {
    types.add(event.type);
    summaryId = idOfSummary(event) ?? summaryId;
  }
  assert.equal((await visis.call("read_job", { path: job })).state, "succeeded");
  assert.ok((await visis.call("list_jobs", { query: { book_id: book.id } })).some(({ id }) => id === job.job_id));
  assert.ok((await visis.call("list_job_events", { path: job })).length > 0);
  await assert.rejects(visis.call("cancel_job", { path: job }), { slug: "conflict" });

  const made = { summary_id: summaryId };
  const summary = await visis.call("read_summary", { path: made });
  assert.ok((await visis.call("list_summaries", { path })).some(({ id }) => id === summaryId));
  const start = await visis.send("read_summary_audio", { path: made, header: { Range: "bytes=0-99" } });
  assert.ok(start.status === 206 && start.data.size === 100);
  assert.ok((await visis.call("read_summary_captions", { path: made })).startsWith("WEBVTT"));

  const again = await visis.send("order_summary", { path, json: { points: 3, audio: true, engine: "extractive" } });
  assert.ok(again.status === 200 && again.data.id === summaryId);
  const recap = await visis.send("recap_book", { path, query: { page: book.page_count } });
  assert.ok(recap.status !== 202);
  await visis.call("delete_summary", { path: { summary_id: recap.data.id } });
  return { types: [...types].sort(), summary };
}

function idOfSummary(event: EventOf<"follow_job">): string | null | undefined {
  if (event.type !== "state") return undefined;
  if (event.problem) throw new ProblemError(event.problem, event.problem.status);
  return event.summary_id;
}

async function lastOf<T>(events: AsyncIterable<T>): Promise<T> {
  let last: T | undefined;
  for await (const event of events) last = event;
  assert.ok(last !== undefined);
  return last;
}

/** What is wrong with a request is in the error, by field. */
async function refusals(): Promise<string[]> {
  try {
    await visis.call("generate_summary", { json: { text: " " } });
  } catch (error) {
    if (error instanceof ProblemError && error.slug === "invalid-input") {
      return error.problem.errors?.map(({ field }) => field) ?? [];
    }
    throw error;
  }
  throw new Error("an empty text was summarised");
}

const { story, pdf } = await importBooks();
await manageBooks(story);
await readBooks(story, pdf);
const { engine } = await generate();
const { types, summary } = await summariseBook(story);
const { models } = await visis.call("list_models");
assert.equal((await visis.call("read_version")).service, "gateway");
assert.equal((await visis.call("read_readiness")).ready, true);
console.log(
  JSON.stringify({
    book: story.id,
    engine,
    events: types,
    models: models.length,
    refused: await refusals(),
    seconds: summary.audio?.seconds,
    sentences: summary.sentences.length,
  }),
);
