import { beforeEach, expect, test, vi } from "vitest";

const reload = vi.fn();

function aWorker(state: string) {
  return Object.assign(new EventTarget(), { state, postMessage: vi.fn() });
}

function workers(controller: unknown, waiting: unknown = null) {
  const registration = Object.assign(new EventTarget(), { waiting, installing: null as unknown, update: async () => undefined });
  const all = Object.assign(new EventTarget(), { controller, ready: Promise.resolve(registration) });
  vi.stubGlobal("navigator", { serviceWorker: all });
  return { all, registration };
} // biome-ignore format: one line

beforeEach(() => {
  vi.resetModules();
  reload.mockClear();
  vi.stubGlobal("location", { reload });
  vi.stubGlobal("document", Object.assign(new EventTarget(), { createElement: () => ({}) }));
});

test("the first worker of a phone is no news", async () => {
  const { all } = workers(null);
  const { newer, watchVersion } = await import("./version");
  watchVersion();
  all.controller = aWorker("activated");
  all.dispatchEvent(new Event("controllerchange"));
  await Promise.resolve();
  expect([newer.value, reload.mock.calls.length]).toEqual([false, 0]);
});

test("a newer version waits until somebody takes it, and only then the page is loaded anew", async () => {
  const { all, registration } = workers(aWorker("activated"));
  const { newer, takeNewer, watchVersion } = await import("./version");
  watchVersion();
  await Promise.resolve();
  const coming = aWorker("installing");
  registration.installing = coming;
  registration.dispatchEvent(new Event("updatefound"));
  expect(newer.value).toBe(false);
  coming.state = "installed";
  registration.waiting = coming;
  coming.dispatchEvent(new Event("statechange"));
  expect([newer.value, reload.mock.calls.length]).toEqual([true, 0]);
  takeNewer();
  expect(coming.postMessage).toHaveBeenCalledWith("take over");
  expect(reload).not.toHaveBeenCalled();
  all.controller = coming;
  all.dispatchEvent(new Event("controllerchange"));
  expect(reload).toHaveBeenCalledOnce();
});

test("another tab that is taken over by the newer version is not loaded anew under somebody's hands", async () => {
  const { all } = workers(aWorker("activated"));
  const { newer, watchVersion } = await import("./version");
  watchVersion();
  await Promise.resolve();
  all.controller = aWorker("activated");
  all.dispatchEvent(new Event("controllerchange"));
  expect([newer.value, reload.mock.calls.length]).toEqual([true, 0]);
});
