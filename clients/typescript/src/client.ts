// A client of the API over fetch: every operation by its id, with the types of docs/openapi.json.
import { OPERATIONS } from "./api.js";
import { messages } from "./events.js";
import { ProblemError, readProblem } from "./problem.js";
import type { Arguments, CallId, Data, EventOf, OperationId, ReadId, Reply, StreamId } from "./types.js";
import { sendWithProgress, type Progress } from "./upload.js";

export interface VisisOptions {
  /** Where the gateway is, such as `https://books.example`. In a page of the same origin: empty. */
  baseUrl?: string;
  /** The API key; without one the gateway decides whether a caller may enter. */
  key?: string;
  /** Used instead of the global fetch, in tests or behind a proxy. */
  fetch?: typeof globalThis.fetch;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** Called while a body is sent, and once at its end. */
  onUpload?: (progress: Progress) => void;
}

export interface StreamOptions extends CallOptions {
  /** How often in a row a broken stream is resumed behind its last event (only streams that number theirs). */
  resumptions?: number;
}

interface Given {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  header?: Record<string, unknown>;
  json?: unknown;
  form?: Record<string, unknown>;
}

/** The arguments of a call; none are needed where an operation takes none, or only optional ones. */
type Args<Id extends OperationId, Options> =
  Record<never, never> extends Arguments<Id>
    ? [args?: Arguments<Id>, options?: Options]
    : [args: Arguments<Id>, options?: Options];

const RESUME_PAUSE_MS = 1000;

export class Visis {
  readonly #baseUrl: string;
  readonly #key: string | undefined;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: VisisOptions = {}) {
    this.#baseUrl = (options.baseUrl ?? "").replace(/\/+$/, "");
    this.#key = options.key;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  /** Call an operation and return the data of its answer. Throws ProblemError. */
  async call<Id extends CallId>(id: Id, ...[args, options]: Args<Id, CallOptions>): Promise<Data<Id>> {
    return (await this.#reply(id, (args ?? {}) as Given, options ?? {})).data as Data<Id>;
  }

  /** Call an operation and return status, headers and data: for paging, entity tags and 200, 201 or 202. */
  async send<Id extends CallId>(id: Id, ...[args, options]: Args<Id, CallOptions>): Promise<Reply<Id>> {
    return (await this.#reply(id, (args ?? {}) as Given, options ?? {})) as Reply<Id>;
  }

  /**
   * The events of a stream, as they come. The loop ends with the stream; leaving it closes the connection.
   * A stream that breaks off is resumed where its events are numbered, and throws otherwise.
   */
  async *events<Id extends StreamId>(
    id: Id,
    ...[args, options]: Args<Id, StreamOptions>
  ): AsyncGenerator<EventOf<Id>, void, undefined> {
    const given = (args ?? {}) as Given;
    const most = options?.resumptions ?? 5;
    let lastId = "";
    for (let left = most; ; left -= 1) {
      try {
        const header = { ...given.header, Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
        const response = await this.#response(id, { ...given, header }, options ?? {});
        if (response.status === 204 || response.body === null) return;
        for await (const message of messages(response.body)) {
          lastId = message.id;
          left = most;
          yield JSON.parse(message.data) as EventOf<Id>;
        }
        if (lastId === "" || left === 0) return; // not numbered: its end is the end of the work
      } catch (error) {
        if (lastId === "" || left === 0 || !isBroken(error)) throw error;
      }
      // A numbered stream that ended is asked for what follows; the answer is 204 if the work has ended as well.
      if (left < most) await pause(RESUME_PAUSE_MS, options?.signal);
    }
  }

  /** The address of what an operation reads, for `src` and `href`. A browser sends no key with it. */
  url<Id extends ReadId>(id: Id, ...[args]: Args<Id, never>): string {
    return this.#url(id, (args ?? {}) as Given);
  }

  async #reply(id: OperationId, given: Given, options: CallOptions): Promise<{ status: number; data: unknown; headers: Headers }> {
    const response = await this.#response(id, given, options);
    return { status: response.status, data: await read(id, response), headers: response.headers };
  }

  async #response(id: OperationId, given: Given, options: CallOptions): Promise<Response> {
    const headers = new Headers();
    for (const [name, value] of Object.entries(given.header ?? {})) {
      if (value !== undefined) headers.set(name, String(value));
    }
    if (this.#key !== undefined) headers.set("Authorization", `Bearer ${this.#key}`);
    const init: RequestInit = { method: OPERATIONS[id][0], headers, ...(options.signal && { signal: options.signal }) };
    if (given.form) {
      init.body = formOf(given.form);
    } else if (given.json !== undefined) {
      headers.set("Content-Type", "application/json");
      init.body = JSON.stringify(given.json);
    }
    const url = this.#url(id, given);
    const response = await (options.onUpload && init.body
      ? sendWithProgress(this.#fetch, url, init, options.onUpload)
      : this.#fetch(url, init));
    if (response.ok || response.status === 304) return response;
    throw await readProblem(response);
  }

  #url(id: OperationId, given: Given): string {
    const path = OPERATIONS[id][1].replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given.path?.[name])));
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(given.query ?? {})) {
      if (value !== undefined && value !== null) query.set(name, String(value));
    }
    return `${this.#baseUrl}${path}${query.size > 0 ? `?${query}` : ""}`;
  }
}

/** Whether a stream can be asked for again: its connection failed, or the gateway is away. */
function isBroken(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof ProblemError && [502, 503, 504].includes(error.status));
}

function formOf(fields: Record<string, unknown>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Blob) form.set(name, value, value instanceof File ? value.name : name);
    else if (value !== undefined && value !== null) form.set(name, String(value));
  }
  return form;
}

async function read(id: OperationId, response: Response): Promise<unknown> {
  if (response.status === 204 || response.status === 304) return undefined;
  switch (OPERATIONS[id][2]) {
    case "json":
      return response.json();
    case "blob":
      return response.blob();
    default:
      return response.text();
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, ms);
    signal?.addEventListener("abort", aborted, { once: true });
  });
}
