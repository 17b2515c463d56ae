import { Controller } from "@hotwired/stimulus";
import { announce } from "../lib/announce";
import { NOTICES } from "../lib/notices";
import { words } from "../lib/words";

/** Asks the browser to take notices, and sends the form with where it takes them. */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["endpoint", "p256dh", "auth"];
  static override values = { key: String, worker: String };
  declare endpointTarget: HTMLInputElement;
  declare p256dhTarget: HTMLInputElement;
  declare authTarget: HTMLInputElement;
  declare keyValue: string;
  declare workerValue: string;

  override connect(): void {
    this.element.hidden = !("serviceWorker" in navigator && "PushManager" in window);
  }

  async ask(event: Event): Promise<void> {
    event.preventDefault();
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        announce(words("noticesDenied"), "error");
        return;
      }
      const given = (await this.subscribe()).toJSON();
      this.endpointTarget.value = given.endpoint ?? "";
      this.p256dhTarget.value = given.keys?.p256dh ?? "";
      this.authTarget.value = given.keys?.auth ?? "";
      this.element.submit();
    } catch {
      announce(words("noticesFailed"), "error");
    }
  }

  private async subscribe(): Promise<PushSubscription> {
    const worker = await navigator.serviceWorker.register(this.workerValue, { scope: NOTICES });
    await active(worker);
    // One that was made for another key takes nothing from us.
    await (await worker.pushManager.getSubscription())?.unsubscribe();
    return worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: this.keyValue,
    });
  }
}

function active(worker: ServiceWorkerRegistration): Promise<void> {
  if (worker.active) return Promise.resolve();
  const coming = worker.installing ?? worker.waiting;
  return new Promise((done) => {
    coming?.addEventListener("statechange", () => {
      if (coming.state === "activated") done();
    });
  });
}
