import { Controller } from "@hotwired/stimulus";
import { announce } from "../lib/announce";
import { words } from "../lib/words";

interface Sending {
  row: HTMLElement;
  file: File;
  request?: XMLHttpRequest;
  state: "waiting" | "sending" | "kept" | "refused";
}

interface Kept {
  uid: string;
  lat?: number | null;
  lon?: number | null;
  accuracy?: number | null;
}

const AT_ONCE = 2;
const ICON = {
  kept: "M3 12a9 9 0 1 0 18 0a9 9 0 0 0-18 0M9 12l2 2l4-4",
  refused: "M3 12a9 9 0 1 0 18 0a9 9 0 0 0-18 0M12 8v4M12 16h.01",
};

/**
 * Sends each photo to the staging address as soon as it is chosen, with progress and another try.
 * What is kept becomes a hidden input; the plain file input remains for pages without a script.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["input", "zone", "list", "row"];
  static override values = {
    url: String,
    draft: String,
    limit: Number,
    megabytes: Number,
    pin: String,
  };
  declare readonly inputTarget: HTMLInputElement;
  declare readonly zoneTarget: HTMLElement;
  declare readonly listTarget: HTMLElement;
  declare readonly rowTarget: HTMLTemplateElement;
  declare urlValue: string;
  declare draftValue: string;
  declare limitValue: number;
  declare megabytesValue: number;
  declare pinValue: string;
  private queue: Sending[] = [];

  override connect(): void {
    this.zoneTarget.addEventListener("dragover", this.over);
    this.zoneTarget.addEventListener("dragleave", this.out);
    this.zoneTarget.addEventListener("drop", this.drop);
    window.addEventListener("online", this.again);
    this.form?.addEventListener("submit", this.hold, { capture: true });
    this.unrequire();
  }

  override disconnect(): void {
    window.removeEventListener("online", this.again);
    this.form?.removeEventListener("submit", this.hold, { capture: true });
    for (const one of this.queue) one.request?.abort();
  }

  choose(): void {
    this.take([...(this.inputTarget.files ?? [])]);
    this.inputTarget.value = "";
  }

  retry(event: Event): void {
    const one = this.of(event);
    if (!one) return;
    one.state = "waiting";
    this.paint(one, words("waitingToSend"));
    this.next();
  }

  remove(event: Event): void {
    event.preventDefault();
    const row = (event.currentTarget as HTMLElement).closest<HTMLElement>(".upload");
    if (!row) return;
    const one = this.queue.find((sending) => sending.row === row);
    one?.request?.abort();
    this.queue = this.queue.filter((sending) => sending !== one);
    const uid = row.dataset.uploadUid;
    if (uid) this.discard(uid);
    const after = row.nextElementSibling?.querySelector<HTMLElement>("button:not([hidden])");
    row.remove();
    (after ?? this.inputTarget).focus();
    this.changed();
    this.next();
  }

  private take(files: File[]): void {
    for (const file of files) {
      if (this.listTarget.querySelectorAll(".upload").length >= this.limitValue) {
        announce(words("tooMany", { count: this.limitValue }), "error");
        break;
      }
      this.add(file);
    }
    this.next();
  }

  private add(file: File): void {
    const row = this.rowTarget.content.firstElementChild?.cloneNode(true) as HTMLElement;
    const number = this.listTarget.querySelectorAll(".upload").length + 1;
    part(row, ".upload-name").textContent = file.name || words("photo", { number });
    this.preview(row, file);
    this.listTarget.append(row);
    const one: Sending = { row, file, state: "waiting" };
    this.queue.push(one);
    if (file.size > this.megabytesValue * 1024 * 1024) {
      return this.refuse(one, words("tooLarge", { size: this.megabytesValue }), false);
    }
    if (file.type && !file.type.startsWith("image/")) {
      return this.refuse(one, words("notPhoto"), false);
    }
    this.paint(one, words("waitingToSend"));
  }

  private preview(row: HTMLElement, file: File): void {
    const image = new Image();
    const url = URL.createObjectURL(file);
    image.alt = "";
    image.onload = () => {
      part(row, ".upload-blank").replaceWith(image);
      URL.revokeObjectURL(url);
    };
    image.onerror = () => URL.revokeObjectURL(url);
    image.src = url;
  }

  private next(): void {
    const busy = this.queue.filter((one) => one.state === "sending").length;
    const waiting = this.queue.filter((one) => one.state === "waiting");
    for (const one of waiting.slice(0, Math.max(AT_ONCE - busy, 0))) this.send(one);
  }

  private send(one: Sending): void {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("draft", this.draftValue);
    body.append("file", one.file, one.file.name || "photo");
    request.open("POST", this.urlValue);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", this.token);
    request.responseType = "json";
    request.timeout = 120_000;
    request.upload.onprogress = (event) => {
      const bar = one.row.querySelector("progress");
      if (bar && event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
    };
    request.onload = () => this.answered(one, request);
    request.onerror = request.ontimeout = () =>
      this.refuse(one, words(navigator.onLine ? "sendFailed" : "offline"), true);
    one.request = request;
    one.state = "sending";
    this.paint(one, words("sending"));
    request.send(body);
  }

  private answered(one: Sending, request: XMLHttpRequest): void {
    if (request.status >= 200 && request.status < 300 && request.response?.uid) {
      this.kept(one, request.response as Kept);
    } else {
      const said: string = request.response?.message ?? words("sendFailed");
      this.refuse(one, said, request.status >= 500 || request.status === 429);
    }
  }

  private kept(one: Sending, photo: Kept): void {
    one.state = "kept";
    one.row.dataset.uploadUid = photo.uid;
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "photo";
    input.value = photo.uid;
    one.row.append(input);
    one.row.querySelector("progress")?.remove();
    this.paint(one, words("kept"));
    this.tellPin(photo);
    this.changed();
    this.next();
  }

  private refuse(one: Sending, said: string, again: boolean): void {
    one.state = "refused";
    this.paint(one, said);
    const retry = one.row.querySelector<HTMLElement>("[data-action='upload#retry']");
    if (retry) retry.hidden = !again;
    this.next();
  }

  private paint(one: Sending, said: string): void {
    one.row.classList.toggle("kept", one.state === "kept");
    one.row.classList.toggle("refused", one.state === "refused");
    const bar = one.row.querySelector("progress");
    if (bar) bar.hidden = one.state !== "sending";
    const retry = one.row.querySelector<HTMLElement>("[data-action='upload#retry']");
    if (retry) retry.hidden = true;
    const state = part(one.row, ".upload-state");
    state.innerHTML =
      one.state === "kept" || one.state === "refused"
        ? `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${ICON[one.state]}"/></svg><span></span>`
        : "<span></span>";
    (state.lastElementChild as HTMLElement).textContent = said;
  }

  private tellPin(photo: Kept): void {
    if (!this.pinValue || photo.lat == null || photo.lon == null) return;
    const pin = document.querySelector(`${this.pinValue} [data-controller~="pin"]`);
    const { lat, lon, accuracy } = photo;
    pin?.dispatchEvent(new CustomEvent("pin:set", { detail: { lat, lon, accuracy } }));
  }

  private discard(uid: string): void {
    const body = new FormData();
    body.append("draft", this.draftValue);
    body.append("uid", uid);
    body.append("discard", "1");
    void fetch(this.urlValue, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": this.token },
    }).catch(() => undefined); // What stays staged is swept away later.
  }

  /** A form waits for its photos. */
  private hold = (event: Event): void => {
    const busy = this.queue.some((one) => one.state === "waiting" || one.state === "sending");
    if (!busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    announce(words("stillSending"), "error");
  };

  private again = (): void => {
    for (const one of this.queue) {
      const retry = one.row.querySelector<HTMLElement>("[data-action='upload#retry']");
      if (one.state === "refused" && retry && !retry.hidden) one.state = "waiting";
    }
    this.next();
  };

  private over = (event: DragEvent): void => {
    event.preventDefault();
    this.zoneTarget.classList.add("over");
  };

  private out = (): void => this.zoneTarget.classList.remove("over");

  private drop = (event: DragEvent): void => {
    event.preventDefault();
    this.out();
    this.take([...(event.dataTransfer?.files ?? [])]);
  };

  private changed(): void {
    this.unrequire();
    this.dispatch("changed", {
      detail: { kept: this.listTarget.querySelectorAll(".kept").length },
    });
  }

  /** The browser must not ask for a file that was sent already. */
  private unrequire(): void {
    if (this.inputTarget.dataset.required === undefined) {
      this.inputTarget.dataset.required = String(this.inputTarget.required);
    }
    const needed = this.inputTarget.dataset.required === "true";
    this.inputTarget.required = needed && !this.listTarget.querySelector(".kept");
  }

  private of(event: Event): Sending | undefined {
    const row = (event.currentTarget as HTMLElement).closest(".upload");
    return this.queue.find((one) => one.row === row);
  }

  private get form(): HTMLFormElement | null {
    return this.element.closest("form");
  }

  private get token(): string {
    const own = this.form?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]");
    return own?.value ?? "";
  }
}

function part(row: HTMLElement, selector: string): HTMLElement {
  return row.querySelector(selector) as HTMLElement;
}
