// Bytes to the server by tus, resumed where they stopped: after a lost network, after a killed app.
import type { HttpRequest, HttpResponse, HttpStack } from "tus-js-client";
import { ApiError, Unreachable } from "./net";
import type { Picture } from "./types";

export const UPLOADS = "/field/uploads/";
const CHUNK = 512 * 1024;
const PATIENCE_MS = 60_000;
const GONE = new Set([404, 410, 460]);

export interface Told {
  headers: Record<string, string>;
  /** Where it will go on: keep it before anything is sent. */
  begun: (url: string) => Promise<void>;
  progress: (sent: number) => void;
}

export type Upload = (picture: Picture, bytes: Blob, told: Told) => Promise<void>;

/** Send one picture or voice note. Raises Unreachable, or ApiError for what the server refuses. */
export const upload: Upload = async (picture, bytes, told) => {
  try {
    await once(picture, bytes, told, picture.url);
  } catch (error) {
    // What lay there has expired or came broken: begin again, under the same uid.
    if (!(error instanceof ApiError && GONE.has(error.status) && picture.url)) throw error;
    await told.begun("");
    await once(picture, bytes, told, "");
  }
};

async function once(picture: Picture, bytes: Blob, told: Told, url: string): Promise<void> {
  const tus = await import("tus-js-client").catch((error) => {
    throw new Unreachable(String(error));
  });
  await new Promise<void>((done, failed) => {
    const noted: Promise<void>[] = [];
    const sending = new tus.Upload(bytes, {
      endpoint: UPLOADS,
      uploadUrl: url || null,
      metadata: metadata(picture),
      headers: told.headers,
      chunkSize: CHUNK,
      uploadDataDuringCreation: true,
      retryDelays: null,
      storeFingerprintForResuming: false,
      httpStack,
      onUploadUrlAvailable: () => {
        if (sending.url && sending.url !== url) noted.push(told.begun(sending.url));
      },
      onChunkComplete: (_size, accepted) => told.progress(accepted),
      onSuccess: () => void Promise.all(noted).then(() => done(), failed),
      onError: (error) => failed(troubleOf(error)),
    });
    sending.start();
  });
}

function metadata(picture: Picture): Record<string, string> {
  const told: Record<string, string> = {
    uid: picture.uid,
    kind: picture.kind,
    name: picture.name,
    type: picture.type,
    sha256: picture.sha256,
  };
  if (picture.capture) told.capture = picture.capture;
  if (picture.taken) told.taken = picture.taken;
  if (picture.seconds !== null) told.seconds = String(picture.seconds);
  if (picture.place) {
    told.lat = String(picture.place.lat);
    told.lon = String(picture.place.lon);
    told.source = picture.place.source;
    if (picture.place.accuracy !== null) told.accuracy = String(picture.place.accuracy);
  }
  return told;
}

function troubleOf(error: Error): Error {
  const answer = "originalResponse" in error ? (error.originalResponse as HttpResponse) : null;
  if (!answer) return new Unreachable(error.message);
  const status = answer.getStatus();
  const said = { title: "", status, code: "", field: "" };
  try {
    Object.assign(said, JSON.parse(answer.getBody()));
  } catch {
    // A page of somebody in between: the status has to do.
  }
  return new ApiError(status, said, Number(answer.getHeader("Retry-After")) || 0);
}

/** tus over fetch: a service worker has nothing else. */
const httpStack: HttpStack = {
  getName: () => "fetch",
  createRequest: (method, url) => new Asked(method, url),
};

class Asked implements HttpRequest {
  private readonly headers: Record<string, string> = {};
  private readonly stop = new AbortController();

  constructor(
    private readonly method: string,
    private readonly url: string,
  ) {}

  getMethod = () => this.method;
  getURL = () => this.url;
  setHeader = (header: string, value: string) => {
    this.headers[header] = value;
  };
  getHeader = (header: string) => this.headers[header];
  setProgressHandler = () => undefined;
  getUnderlyingObject = () => null;

  send = async (body: BodyInit | null): Promise<HttpResponse> => {
    const timer = setTimeout(() => this.stop.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(this.url, {
        method: this.method,
        headers: this.headers,
        body: body ?? null,
        credentials: "same-origin",
        signal: this.stop.signal,
      });
      const text = await answer.text();
      return {
        getStatus: () => answer.status,
        getHeader: (header) => answer.headers.get(header) ?? undefined,
        getBody: () => text,
        getUnderlyingObject: () => answer,
      };
    } finally {
      clearTimeout(timer);
    }
  };

  abort = async () => this.stop.abort();
}
