// A newer version of the app that stands ready. It is never taken while somebody works: a line says
// that it is there, and the page is loaded anew when its button is pressed.
import { ref } from "vue";

export const newer = ref(false);
const OFTEN_MS = 3_600_000;
let waiting: ServiceWorker | null = null;
let taking = false;

export function watchVersion(): void {
  const workers = globalThis.navigator?.serviceWorker;
  if (!workers) return;
  let looked = Date.now();
  let before = workers.controller;
  workers.addEventListener("controllerchange", () => {
    // The first worker of all takes over a page that is as new as itself.
    if (before && taking) location.reload();
    else if (before) newer.value = true;
    before = workers.controller;
  });
  void workers.ready.then((found) => {
    const look = () => {
      waiting = workers.controller ? found.waiting : null;
      if (waiting) newer.value = true;
    };
    look();
    found.addEventListener("updatefound", () => {
      const coming = found.installing;
      coming?.addEventListener("statechange", look);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || Date.now() - looked < OFTEN_MS) return;
      looked = Date.now();
      void found.update().catch(() => undefined);
    });
  });
}

/** Somebody asked for it. */
export function takeNewer(): void {
  taking = true;
  if (waiting?.state === "installed") waiting.postMessage("take over");
  else location.reload();
}
