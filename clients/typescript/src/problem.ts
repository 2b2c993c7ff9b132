// Errors of the API, which are `application/problem+json` (RFC 9457).
import type { Schemas } from "./types.js";

/** A request that the API refused or could not answer. `slug` names the kind, as in `/problems#slug`. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly problem: Schemas["Problem"],
    readonly status: number,
    readonly headers: Headers = new Headers(),
  ) {
    super(`${problem.title}: ${problem.detail}`);
  }

  /** The kind of the problem: `invalid-input`, `not-found`, `busy`, ... */
  get slug(): string {
    return this.problem.type.split("#").at(-1) ?? "";
  }

  /** Seconds after which it makes sense to try again, if the API says so. */
  get retryAfterS(): number | undefined {
    const seconds = Number(this.headers.get("Retry-After") ?? Number.NaN);
    return Number.isNaN(seconds) ? undefined : seconds;
  }
}

/** The problem of a response that failed; one is made up for what is not from the API, such as a proxy's page. */
export async function readProblem(response: Response): Promise<ProblemError> {
  const text = await response.text();
  let problem: Schemas["Problem"] | undefined;
  if (response.headers.get("Content-Type")?.startsWith("application/problem+json")) {
    problem = JSON.parse(text) as Schemas["Problem"];
  }
  problem ??= {
    type: "about:blank",
    title: response.statusText || `Status ${response.status}`,
    status: response.status,
    detail: text.slice(0, 500),
    instance: response.url,
    request_id: response.headers.get("X-Request-Id") ?? "",
    errors: [],
  };
  return new ProblemError(problem, response.status, response.headers);
}
