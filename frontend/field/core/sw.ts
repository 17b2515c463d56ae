// The service worker: the shell for a start without a network, and sending when there is one again.
// A bonus: WeChat's browser has none, and everything else works without it.
import { addPlugins, cleanupOutdatedCaches, matchPrecache, precache } from "workbox-precaching";
import { openField } from "./field";

interface Client {
  postMessage(said: string): void;
}
interface Waking extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waking {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Syncing extends Waking {
  tag: string;
}
declare const self: EventTarget & {
  skipWaiting(): Promise<void>;
  clients: { matchAll(options: object): Promise<Client[]>; claim(): Promise<void> };
};
/** Written by the build: what the first screens need. */
declare const __FIELD_FILES__: string[];
declare const __FIELD_BUILD__: string;

const SHELL = "/field/";
const PATIENCE_MS = 3000;
/** Beneath /field/, but not the app: only the server knows these. */
const SERVER = /^\/field\/(in\/|api\/|uploads\/|photos\/|sw\.js|app\.webmanifest)/;

addPlugins([{ cacheWillUpdate: async ({ response }) => (response.ok ? response : null) }]);
const FILES = __FIELD_FILES__;
precache([
  ...FILES.map((url) => ({ url, revision: null })),
  { url: SHELL, revision: __FIELD_BUILD__ },
]);
cleanupOutdatedCaches();

/** Only when somebody asked for the newer version: nobody's page changes under their hands. */
self.addEventListener("message", (event) => {
  if ((event as MessageEvent).data === "take over") void self.skipWaiting();
});
self.addEventListener("activate", (event) => (event as Waking).waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request, respondWith } = event as Fetching;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (!SERVER.test(url.pathname)) respondWith.call(event, shell(request));
  } else if (FILES.includes(url.pathname)) {
    respondWith.call(event, kept(request));
  }
});

/** The newest shell, or the kept one where the network is slow or not there. */
async function shell(request: Request): Promise<Response> {
  const late = new Promise<undefined>((soon) => setTimeout(() => soon(undefined), PATIENCE_MS));
  const fetched = fetch(request).catch(() => undefined);
  const first = await Promise.race([fetched, late]);
  if (first?.ok) return first;
  return (await matchPrecache(SHELL)) ?? (await fetched) ?? Response.error();
}

async function kept(request: Request): Promise<Response> {
  return (await matchPrecache(request.url)) ?? fetch(request);
}

self.addEventListener("sync", (event) => {
  const { tag } = event as Syncing;
  if (tag === "send") (event as Syncing).waitUntil(send());
});

/** An open page does it itself; else it is done here, by the same code. */
async function send(): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage("send");
  if (pages.length) return;
  const field = openField({ language: () => navigator.language });
  await field.start();
  await field.refresh();
  await field.stop();
  const waits = field.items.get().some((item) => ["waiting", "sending"].includes(item.phase));
  // The browser tries again later when this fails.
  if (waits) throw new Error("not everything was sent");
}
