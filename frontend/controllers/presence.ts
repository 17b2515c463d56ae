import { Controller } from "@hotwired/stimulus";

const EVERY = 15_000;

/** Two people on one case see each other: says that one is here while the page is in sight. */
export default class extends Controller<HTMLElement> {
  static override values = { url: String };
  declare urlValue: string;
  private timer = 0;

  override connect(): void {
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("pagehide", this.leave);
    this.timer = window.setInterval(this.look, EVERY);
    this.look();
  }

  override disconnect(): void {
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("pagehide", this.leave);
    window.clearInterval(this.timer);
    this.leave();
  }

  private look = (): void => {
    if (document.visibilityState === "visible") void this.say();
  };

  private async say(): Promise<void> {
    try {
      const answer = await this.post({ writing: writing() ? "1" : "" });
      const told = answer.ok && !answer.redirected ? (await answer.text()).trim() : "";
      if (this.element.isConnected && this.element.innerHTML !== told)
        this.element.innerHTML = told;
    } catch {
      // Without a network nobody can be seen; the page says so elsewhere.
    }
  }

  private leave = (): void => {
    this.post({ gone: "1" }).catch(() => undefined);
  };

  private post(said: Record<string, string>): Promise<Response> {
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    return fetch(this.urlValue, {
      method: "POST",
      body: new URLSearchParams(said),
      headers: { ...headers, "X-Background": "1" },
      keepalive: true,
    });
  }
}

/** Whether something was typed into the form of a move. */
function writing(): boolean {
  const fields = document.querySelectorAll<HTMLTextAreaElement>("#move textarea");
  return [...fields].some((field) => field.value !== field.defaultValue);
}
