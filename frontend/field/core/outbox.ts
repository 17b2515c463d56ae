// Sends what waits, one round after the other, and never loses or doubles a thing.
import { alone } from "./alone";
import { type Bytes, changeItem, type Db } from "./db";
import * as moves from "./moves";
import { ApiError, type Net, Unreachable } from "./net";
import type { Item, Picture, Trouble } from "./types";
import type { Upload } from "./upload";
import { makeRoom } from "./wipe";
import type { Answer, Operation, Pushed } from "./wire";

const AT_ONCE = 20;
const ABREAST = 2;
/** The server has not kept what was uploaded: it expired. The bytes are still here. */
const MISSING = new Set(["upload.missing", "upload.unfinished", "photo.missing"]);

export interface OutboxOptions {
  /** The open database: the browser may close one, and then there is another. */
  db: () => Promise<Db>;
  net: Net;
  upload: Upload;
  /** The time that is believed, in milliseconds. */
  now: () => number;
  /** Whose things may be sent now; null while it is not known. */
  owner: () => string | null;
  /** An item changed: show it. */
  changed: (item: Item) => void;
  signedOut: (code: string) => Promise<void>;
  /** The server's time of an answer. */
  heard: (time: string, asked: number) => void;
  /** Something was done to tasks: pull soon. */
  done: () => void;
  chance?: () => number;
}

export class Outbox {
  private failures = 0;
  private notBefore = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(private readonly o: OutboxOptions) {}

  /** Send what is due. With `now`, whatever the waiting times say. */
  kick(now = false): Promise<void> {
    if (this.stopped) return Promise.resolve();
    if (now) this.notBefore = this.failures = 0;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    const failed = async (error: unknown) => {
      console.error(error);
      // Perhaps the disk is full: pictures of tasks come again, what waits does not.
      await this.o
        .db()
        .then(makeRoom)
        .catch(() => undefined);
      if (!this.stopped) this.timer = setTimeout(() => void this.kick(), 30_000);
    };
    this.running = this.guarded(now)
      .catch(failed)
      .finally(() => {
        this.running = null;
        if (this.again && !this.stopped) {
          this.again = false;
          void this.kick();
        }
      });
    return this.running;
  }

  /** Answers when what is under way has come to its end. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async guarded(now: boolean): Promise<void> {
    clearTimeout(this.timer);
    const ran = await alone(await this.o.db(), "outbox", async () => {
      await this.wake(now);
      while (!this.stopped && (await this.round())) {
        // One round after the other until nothing is due.
      }
    });
    await this.later(ran);
  }

  /** Whoever was killed in the middle left items as "sending": nobody sends them now but us. */
  private async wake(now: boolean): Promise<void> {
    for (const item of await (await this.o.db()).getAll("items")) {
      const due = now && item.phase === "waiting" && item.next_at > 0;
      if (item.phase !== "sending" && !due) continue;
      await this.change(item.id, (it) => {
        const awake = moves.awoken(it);
        return awake.phase === "waiting" ? { ...awake, next_at: now ? 0 : awake.next_at } : null;
      });
    }
  }

  /** Whether another round is worth it. */
  private async round(): Promise<boolean> {
    if (Date.now() < this.notBefore) return false;
    const due = await this.due();
    const light = due.filter((item) => item.pictures.every((one) => one.kept)).slice(0, AT_ONCE);
    if (light.length) return this.push(light);
    const heavy = due.slice(0, ABREAST);
    if (!heavy.length) return false;
    const went = await Promise.all(heavy.map((item) => this.uploadAll(item)));
    return went.some(Boolean) || Date.now() >= this.notBefore;
  }

  private async due(): Promise<Item[]> {
    const owner = this.o.owner();
    if (owner === null) return [];
    const all = (await (await this.o.db()).getAll("items")).filter(
      (item) => item.phase === "waiting" || item.phase === "sending",
    );
    all.sort((a, b) => a.made_at.localeCompare(b.made_at) || a.id.localeCompare(b.id));
    const busy = new Set<string>();
    return all.filter((item) => {
      // What was done to a task goes in the order in which it was done.
      const first = !item.task || !busy.has(item.task);
      if (item.task) busy.add(item.task);
      return first && item.next_at <= Date.now() && (item.owner === "" || item.owner === owner);
    });
  }

  private async uploadAll(item: Item): Promise<boolean> {
    try {
      let now = await this.change(item.id, moves.begun);
      for (const picture of item.pictures) {
        if (picture.kept) continue;
        await this.uploadOne(now, picture);
        now = await this.picture(item.id, picture.uid, { kept: true, sent: picture.size });
      }
      this.failures = 0;
      return true;
    } catch (error) {
      await this.trouble([item], error);
      return false;
    }
  }

  private async uploadOne(item: Item, picture: Picture): Promise<void> {
    const found: Bytes | undefined = await (await this.o.db()).get("bytes", picture.uid);
    if (!found?.bytes) {
      throw new ApiError(422, { title: "", status: 422, code: "picture.lost", field: "photos" }, 0);
    }
    const latest = item.pictures.find((one) => one.uid === picture.uid) ?? picture;
    await this.o.upload(latest, new Blob([found.bytes], { type: found.type }), {
      headers: { ...this.o.net.headers(), "X-Gulou-Draft": item.secret },
      begun: async (url) => {
        await this.picture(item.id, picture.uid, { url });
      },
      progress: (sent) => void this.picture(item.id, picture.uid, { sent }).catch(() => undefined),
    });
  }

  private picture(id: string, uid: string, more: Partial<Picture>): Promise<Item> {
    return this.change(id, (item) => ({
      ...item,
      pictures: item.pictures.map((one) => {
        if (one.uid !== uid || (one.kept && !("kept" in more))) return one;
        return { ...one, ...more };
      }),
    }));
  }

  private async push(items: Item[]): Promise<boolean> {
    const asked = Date.now();
    try {
      for (const item of items) await this.change(item.id, moves.begun);
      const operations = items.map(asOperation);
      const pushed = await this.o.net.post<Pushed>("push", {
        // The server does nothing if somebody else is signed in by now.
        reader: this.o.owner() || null,
        operations,
      });
      this.o.heard(pushed.server_time, asked);
      this.failures = 0;
      const answers = new Map(pushed.answers.map((one) => [one.id, one]));
      for (const item of items) await this.take(item, answers.get(item.operation));
      if (items.some((item) => item.task)) this.o.done();
      return true;
    } catch (error) {
      return this.trouble(items, error);
    }
  }

  private async take(item: Item, answer: Answer | undefined): Promise<void> {
    if (!answer || answer.state === "later") {
      const problem = answer ? { code: answer.code, message: answer.message, field: "" } : null;
      return this.hinder(item, problem, Date.now() + this.wait(item.tries + 1));
    }
    if (answer.state === "refused" && MISSING.has(answer.code)) {
      await this.change(item.id, (it) => ({
        ...moves.hindered(it, null, Date.now() + this.wait(it.tries + 1)),
        pictures: it.pictures.map((one) => ({ ...one, kept: false, sent: 0, url: "" })),
      }));
      return;
    }
    const now = new Date(this.o.now()).toISOString();
    this.o.changed(await this.settle(item.id, answer, now));
  }

  /** The answer and the freed bytes in one transaction. */
  private async settle(id: string, answer: Answer, now: string): Promise<Item> {
    const tx = (await this.o.db()).transaction(["items", "bytes"], "readwrite");
    const item = await tx.objectStore("items").get(id);
    if (!item) throw new Error("gone");
    const next = moves.answered(item, answer, now);
    await tx.objectStore("items").put(next);
    // What was added too late is not at the server: it stays here.
    if (next.phase === "sent" && !next.problem) {
      for (const { uid } of next.pictures) {
        const found = await tx.objectStore("bytes").get(uid);
        if (found) await tx.objectStore("bytes").put({ ...found, bytes: null });
      }
    }
    await tx.done;
    return next;
  }

  /** Whether to go on with the others. */
  private async trouble(items: Item[], error: unknown): Promise<boolean> {
    if (!(error instanceof ApiError)) {
      if (!(error instanceof Unreachable)) console.error(error);
      this.failures += 1;
      this.notBefore = Date.now() + this.wait(this.failures);
      for (const item of items) await this.hinder(item, ours("network"), 0);
      return false;
    }
    if (error.status === 401) {
      this.notBefore = Number.POSITIVE_INFINITY;
      for (const item of items) await this.hinder(item, ours("signed_out"), 0);
      await this.o.signedOut(error.problem.code);
      return false;
    }
    if (passes(error)) {
      for (const item of items) {
        const wait = Math.max(this.wait(item.tries + 1), error.after * 1000);
        await this.hinder(item, said(error), Date.now() + wait);
      }
      return true;
    }
    // Refused as a whole: one of them is to blame, so each goes alone.
    if (items.length > 1) {
      for (const item of items) await this.push([item]);
      return true;
    }
    for (const item of items) {
      this.o.changed(await this.change(item.id, (it) => moves.refused(it, said(error))));
    }
    return true;
  }

  private async hinder(item: Item, problem: Trouble | null, next: number): Promise<void> {
    await this.change(item.id, (it) => moves.hindered(it, problem, next)).catch(() => undefined);
  }

  private wait(failures: number): number {
    return moves.pause(failures, this.o.chance);
  }

  private async change(id: string, by: (item: Item) => Item | null): Promise<Item> {
    const item = await changeItem(await this.o.db(), id, by);
    this.o.changed(item);
    return item;
  }

  /** When somebody else is at it, look again: they may be killed. */
  private async later(ran: boolean): Promise<void> {
    if (this.stopped) return;
    const waiting = (await (await this.o.db()).getAll("items")).filter(
      (item) => item.phase === "waiting" || item.phase === "sending",
    );
    if (!waiting.length || this.notBefore === Number.POSITIVE_INFINITY) return;
    const owner = this.o.owner();
    const mine = waiting.filter((item) => item.owner === "" || item.owner === owner);
    if (!mine.length) return;
    const first = Math.min(...mine.map((item) => item.next_at));
    const at = ran ? Math.max(first, this.notBefore) : Date.now() + 5000;
    const after = Math.min(Math.max(at - Date.now(), 200), 120_000);
    this.timer = setTimeout(() => void this.kick(), after);
  }
}

function asOperation(item: Item): Operation {
  return {
    id: item.operation,
    kind: item.kind,
    task: item.task,
    version: item.version,
    made_at: item.made_at,
    given: item.given,
    draft: item.secret,
    photos: item.pictures.map((one) => one.uid),
  };
}

/** What another try may mend. */
const passes = ({ status, problem }: ApiError) =>
  status >= 500 ||
  [403, 408, 423, 425, 429].includes(status) ||
  ["upload.offset", "upload.damaged", "upload.checksum"].includes(problem.code);

const ours = (code: string): Trouble => ({ code, message: "", field: "" });
const said = ({ problem }: ApiError): Trouble => ({
  code: problem.code,
  message: problem.title,
  field: problem.field ?? "",
});
