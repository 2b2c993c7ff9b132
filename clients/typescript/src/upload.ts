// Sends a body and reports how much of it has left: fetch cannot.

export interface Progress {
  /** Bytes that have been sent. */
  sent: number;
  /** Bytes in all. */
  total: number;
}

/** As fetch, with progress: by XMLHttpRequest where there is one (browsers), else by counting the body's stream. */
export function sendWithProgress(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
  onUpload: (progress: Progress) => void,
): Promise<Response> {
  return typeof XMLHttpRequest === "function" ? sendXhr(url, init, onUpload) : sendCounted(fetch, url, init, onUpload);
}

function sendXhr(url: string, init: RequestInit, onUpload: (progress: Progress) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    init.signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open(init.method ?? "POST", url);
    request.responseType = "blob";
    new Headers(init.headers).forEach((value, name) => request.setRequestHeader(name, value));
    request.upload.onprogress = ({ loaded, total }) => onUpload({ sent: loaded, total });
    request.onerror = () => reject(new TypeError("the connection failed"));
    request.onabort = () => reject(init.signal?.reason as Error);
    request.onload = () => {
      const lines = request.getAllResponseHeaders().trim().split("\r\n");
      const headers = lines.map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]);
      const body = request.status === 204 ? null : (request.response as Blob);
      const response = new Response(body, { status: request.status, statusText: request.statusText, headers });
      Object.defineProperty(response, "url", { value: request.responseURL });
      resolve(response);
    };
    init.signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(init.body as XMLHttpRequestBodyInit);
  });
}

async function sendCounted(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
  onUpload: (progress: Progress) => void,
): Promise<Response> {
  // A Request sets the boundary of a form; its bytes are needed for their number.
  const encoded = new Response(init.body ?? null);
  const bytes = await encoded.blob();
  const headers = new Headers(init.headers);
  const type = encoded.headers.get("Content-Type");
  if (type !== null && !headers.has("Content-Type")) headers.set("Content-Type", type);
  let sent = 0;
  const counted = bytes.stream().pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        sent += chunk.byteLength;
        onUpload({ sent, total: bytes.size });
        controller.enqueue(chunk);
      },
    }),
  );
  return fetch(url, { ...init, headers, body: counted, duplex: "half" } as RequestInit);
}
