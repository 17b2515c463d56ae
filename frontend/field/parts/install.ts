// Onto the phone's first screen: the browser's own question where it has one, else how it is done.
import { computed, shallowRef } from "vue";
import { settings } from "../settings";

interface Asking extends Event {
  prompt(): Promise<unknown>;
}

const asking = shallowRef<Asking | null>(null);
const there = () =>
  matchMedia("(display-mode: standalone)").matches ||
  (navigator as { standalone?: boolean }).standalone === true;
/** Safari has no question of its own; other browsers' built-in windows cannot do it. */
const apple =
  /iPhone|iPad/.test(navigator.userAgent) &&
  /Safari\//.test(navigator.userAgent) &&
  !/MicroMessenger/.test(navigator.userAgent);

export function watchInstall(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    asking.value = event as Asking;
  });
  window.addEventListener("appinstalled", () => {
    asking.value = null;
    settings.noInstall = true;
  });
}

/** What can be offered: "ask" by a button, "tell" in words, "" for nothing. */
export const installable = computed<"ask" | "tell" | "">(() => {
  if (asking.value) return "ask";
  return apple && !there() ? "tell" : "";
});

export async function install(): Promise<void> {
  const question = asking.value;
  asking.value = null;
  settings.noInstall = true;
  await question?.prompt();
}
