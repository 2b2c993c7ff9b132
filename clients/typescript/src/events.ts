// Server-sent events of a response body, parsed as the HTML standard says (9.2.6), data only: our events are JSON.

export interface Message {
  /** The id of the event, to go on from after a broken connection; empty if the stream numbers none. */
  id: string;
  data: string;
}

/** The messages of a stream, until it ends. Comments and empty events are skipped. */
export async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message, void, undefined> {
  let id = "";
  let data: string[] = [];
  for await (const line of lines(body)) {
    if (line === "") {
      if (data.length > 0) yield { id, data: data.join("\n") };
      data = [];
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) id = value;
  }
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      // A CR at the end may be the first half of a CR LF.
      const whole = done || !rest.endsWith("\r") ? rest : rest.slice(0, -1);
      const found = whole.split(/\r\n|\n|\r/);
      const last = found.pop() ?? "";
      yield* found;
      rest = last + rest.slice(whole.length);
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
