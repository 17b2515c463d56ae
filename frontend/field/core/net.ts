// Talking to the server: JSON both ways, problems as errors, nothing waits for ever.
import type { Problem } from "./wire";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    readonly after: number,
  ) {
    super(`${status} ${problem.code}`);
  }
}

/** No answer came. */
export class Unreachable extends Error {}

const PATIENCE_MS = 45_000;

export interface Net {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, content: unknown): Promise<T>;
  /** Headers by which the server knows this page. */
  headers(): Record<string, string>;
}

export interface NetOptions {
  base: string;
  csrf: () => string;
  language: () => string;
  /** The token was too old: fetch another one. */
  renew: () => Promise<void>;
  fetch?: typeof fetch;
}

export function makeNet(options: NetOptions): Net {
  const headers = () => ({
    "X-CSRFToken": options.csrf(),
    "Accept-Language": options.language(),
  });
  const ask = async <T>(method: string, path: string, content?: unknown): Promise<T> => {
    const answer = await reach(options.fetch ?? fetch, options.base + path, {
      method,
      headers: {
        Accept: "application/json",
        ...(content === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers(),
      },
      credentials: "same-origin",
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    });
    return answer as T;
  };
  return {
    headers,
    get: (path) => ask("GET", path),
    async post(path, content) {
      try {
        return await ask("POST", path, content);
      } catch (error) {
        if (!(error instanceof ApiError && error.problem.code === "form.expired")) throw error;
        await options.renew();
        return ask("POST", path, content);
      }
    },
  };
}

async function reach(by: typeof fetch, path: string, options: RequestInit): Promise<unknown> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  let answer: Response;
  let text: string;
  try {
    answer = await by(path, { ...options, signal: stop.signal });
    text = await answer.text();
  } catch (error) {
    throw new Unreachable(String(error));
  } finally {
    clearTimeout(timer);
  }
  const content = read(text);
  if (answer.ok && content !== undefined) return content;
  // A network that wants a log-in first (a hotel's) answers pages of its own.
  if (answer.ok || content === undefined) {
    if (answer.status >= 500) throw new ApiError(answer.status, blank(answer.status), 0);
    throw new Unreachable(`no answer of ours: ${answer.status}`);
  }
  const after = Number(answer.headers.get("Retry-After")) || 0;
  throw new ApiError(answer.status, { ...blank(answer.status), ...(content as Problem) }, after);
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const blank = (status: number): Problem => ({ title: "", status, code: "", field: "" });
