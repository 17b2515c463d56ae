// The core put together: one for each page.
import { captured, localTime } from "./capture";
import { measured } from "./clock";
import {
  type Bytes,
  changeItem,
  type Db,
  epochOf,
  type ItemsAndBytes,
  kept,
  openDb,
  recall,
} from "./db";
import { sha256, uuid } from "./hash";
import * as moves from "./moves";
import { ApiError, makeNet, type Net } from "./net";
import { Outbox } from "./outbox";
import { type Prepared, prepare } from "./pictures";
import { areaAt, follow, locate } from "./place";
import { persist, spaceNow } from "./space";
import { held } from "./store";
import { type Habits, learnt, suggested } from "./suggest";
import { keepPictures, keepPulled, standing } from "./sync";
import type {
  Clock,
  Field,
  Given,
  Item,
  Link,
  Picture,
  PictureOptions,
  Place,
  Route,
  Space,
  Suggestion,
  Trouble,
} from "./types";
import { FieldError } from "./types";
import { type Upload, upload } from "./upload";
import { insideWechat, locateByWechat } from "./wechat";
import { isCleared, isUnsent, makeRoom, removeItem, removeOld, wipe } from "./wipe";
import type { Catalogue, Kind, Me, Mine, Pulled, Signed, Task } from "./wire";

export interface Options {
  base?: string;
  name?: string;
  fetch?: typeof fetch;
  upload?: Upload;
  prepare?: typeof prepare;
  language?: () => string;
  /** Milliseconds between two pulls while the page is looked at. */
  every?: number;
}

const EVERY_MS = 120_000;
const WECHAT_EVERY_MS = 15_000;
const ENDED = /ended|removed|revoked/;
const BEFORE_ME = { edge: 2560, bytes: 25 * 1024 * 1024, photos: 9, days: 14 };

export function openField(options: Options = {}): Field {
  return new Core(options);
}

class Core implements Field {
  readonly me = held<Me | null>(null);
  readonly tasks = held<Task[]>([]);
  readonly reports = held<Mine[]>([]);
  readonly catalogue = held<Catalogue | null>(null);
  readonly items = held<Item[]>([]);
  readonly link = held<Link>({
    online: globalThis.navigator?.onLine !== false,
    signed: "unknown",
    pulling: false,
    pulled_at: null,
    trouble: null,
  });
  readonly clock = held<Clock>({ offset: 0, wrong: false });
  readonly space = held<Space>({ used: 0, quota: 0, persisted: false, full: false });

  private opened: Promise<Db> | null = null;
  private readonly net: Net;
  private outbox: Outbox | null = null;
  private syncing: Promise<void> | null = null;
  private fetching: Promise<void> | null = null;
  private stopped = false;
  /** Whether the server has said, since this page was opened, who is signed in. */
  private sure = false;
  private hurry = false;
  /** Somebody signed out, and the server has not heard it yet: nothing of theirs is taken in. */
  private leaving: Leaving | null = null;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly others =
    typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("gulou-field");

  constructor(private readonly o: Options) {
    this.net = makeNet({
      base: o.base ?? "/field/api/",
      csrf: () => this.leaving?.csrf ?? this.me.get()?.csrf ?? "",
      language: o.language ?? (() => document.documentElement.lang || "zh-Hans"),
      renew: () => this.renew(),
      ...(o.fetch ? { fetch: o.fetch } : {}),
    });
  }

  // --- life ---

  async start(): Promise<void> {
    const db = await this.db();
    await this.read();
    const me = this.me.get();
    this.tellLink({ signed: me ? (me.signed_in ? "in" : "out") : "unknown" });
    if (await removeOld(db, me?.keep_days ?? BEFORE_ME.days, this.now())) await this.read();
    this.outbox = new Outbox({
      db: () => this.db(),
      net: this.net,
      upload: this.o.upload ?? upload,
      now: () => this.now(),
      owner: () => this.owner(),
      changed: (item) => this.show(item),
      signedOut: (code) => this.signedOut(code),
      heard: (time, asked) => this.heard(time, asked),
      done: () => void this.refreshSoon(),
    });
    this.listen();
    void this.measure();
    void this.refresh();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    clearTimeout(this.retry);
    globalThis.window?.removeEventListener("online", this.cameOnline);
    globalThis.window?.removeEventListener("offline", this.wentOffline);
    globalThis.navigator?.serviceWorker?.removeEventListener("message", this.awake);
    globalThis.document?.removeEventListener("visibilitychange", this.looked);
    await Promise.allSettled([this.outbox?.stop(), this.syncing, this.fetching]);
    this.others?.close();
    (await this.opened)?.close();
    this.opened = null;
  }

  async refresh(): Promise<void> {
    this.hurry = true;
    await this.sync();
    await this.outbox?.kick();
  }

  private listen(): void {
    globalThis.window?.addEventListener("online", this.cameOnline);
    globalThis.window?.addEventListener("offline", this.wentOffline);
    globalThis.document?.addEventListener("visibilitychange", this.looked);
    this.others?.addEventListener("message", this.told);
    this.timer = setInterval(() => {
      if (globalThis.document?.visibilityState !== "hidden") void this.sync();
    }, this.o.every ?? EVERY_MS);
    const worker = globalThis.navigator?.serviceWorker;
    worker?.addEventListener("message", this.awake);
    // Not in the worker itself, which has no document.
    if (globalThis.document) void worker?.register?.("/field/sw.js").catch(() => undefined);
  }

  private readonly cameOnline = () => {
    this.tellLink({ online: true });
    void this.refresh();
  };
  private readonly wentOffline = () => this.tellLink({ online: false });
  private readonly looked = () => {
    if (document.visibilityState === "visible") void this.refresh();
  };
  /** The service worker says that there is a network. */
  private readonly awake = (event: MessageEvent) => {
    if (event.data === "send") void this.outbox?.kick(true);
  };
  private readonly told = (event: MessageEvent) => {
    if (event.data === "all") void this.read();
    else void this.reread(String(event.data));
  };

  /** Everything from the disk. */
  private async read(): Promise<void> {
    const db = await this.db();
    const [me, catalogue, reports, pulled, clock] = await Promise.all([
      recall<Me>(db, "me"),
      recall<Catalogue>(db, "catalogue"),
      recall<Mine[]>(db, "reports"),
      recall<string>(db, "pulled"),
      recall<Clock>(db, "clock"),
    ]);
    if (clock) this.clock.set(clock);
    this.me.set(me ?? null);
    this.catalogue.set(catalogue ?? null);
    this.reports.set(reports ?? []);
    this.tasks.set(ordered(await db.getAll("tasks")));
    this.items.set(newest((await db.getAll("items")).filter(this.isOwn)));
    this.tellLink({ pulled_at: pulled ?? null });
  }

  private async reread(id: string): Promise<void> {
    const item = await (await this.db()).get("items", id);
    const others = this.items.get().filter((one) => one.id !== id);
    this.items.set(newest(item && this.isOwn(item) ? [...others, item] : others));
  }

  /** What somebody else who uses this phone has begun is theirs to see, and to send. */
  private readonly isOwn = (item: Item) => item.owner === "" || item.owner === this.me.get()?.uid;

  private show(item: Item): void {
    if (this.stopped || !this.isOwn(item)) return;
    this.items.set(newest([...this.items.get().filter((one) => one.id !== item.id), item]));
    this.others?.postMessage(item.id);
  }

  private db(): Promise<Db> {
    this.opened ??= openDb(this.o.name, () => {
      this.opened = null;
    });
    return this.opened;
  }

  private now = () => Date.now() + this.clock.get().offset;
  private time = () => new Date(this.now()).toISOString();

  private owner(): string | null {
    if (!this.sure || this.leaving) return null;
    const { signed } = this.link.get();
    if (signed === "in") return this.me.get()?.uid ?? "";
    return signed === "out" ? "" : null;
  }

  private tellLink(more: Partial<Link>): void {
    this.link.set({ ...this.link.get(), ...more });
  }

  private heard(time: string, asked: number): void {
    const found = measured(time, asked, Date.now());
    if (!found) return;
    this.clock.set(found);
    void this.db().then((db) => db.put("meta", found, "clock"));
  }

  // --- with the server ---

  private sync(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    this.syncing ??= this.synced().finally(() => {
      this.syncing = null;
    });
    return this.syncing;
  }

  private async synced(): Promise<void> {
    this.tellLink({ pulling: true });
    try {
      const db = await this.db();
      await this.leave(db);
      const epoch = await epochOf(db);
      await this.askMe(epoch);
      // What waits goes before what is new comes.
      const sent = this.outbox?.kick(this.hurry);
      this.hurry = false;
      if (this.link.get().signed === "in" || this.link.get().signed === "out")
        await this.pull(epoch);
      this.tellLink({ trouble: null, online: true });
      this.failures = 0;
      await sent;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        await this.signedOut(error.problem.code);
      } else {
        this.tellLink({ trouble: troubleOf(error) });
        this.failures += 1;
        clearTimeout(this.retry);
        if (!this.stopped)
          this.retry = setTimeout(() => void this.sync(), moves.pause(this.failures));
      }
    } finally {
      this.tellLink({ pulling: false });
    }
  }

  /** What was signed out here ends at the server too, before anything else is said to it. */
  private async leave(db: Db): Promise<void> {
    this.leaving = (await recall<Leaving>(db, "leaving")) ?? null;
    if (!this.leaving) return;
    await this.net.post("sign_out", {}).catch((error) => {
      // The session that was to end is not there any more.
      if (!(error instanceof ApiError && error.status === 401)) throw error;
    });
    await db.delete("meta", "leaving");
    this.leaving = null;
  }

  private async renew(): Promise<void> {
    // The token of a session that is left is too old only when there is another session by now.
    if (this.leaving) throw new ApiError(401, NOBODY, 0);
    await this.askMe(await epochOf(await this.db()));
  }

  private async askMe(epoch: number): Promise<void> {
    const asked = Date.now();
    const me = await this.net.get<Me>("me");
    this.heard(me.server_time, asked);
    const before = this.me.get();
    if (before?.signed_in && !me.signed_in) {
      // Who was signed in stays on the phone with what is theirs; only the token is new.
      this.me.set({ ...before, csrf: me.csrf });
      await this.signedOut(`field.${me.signed_out || "expired"}`);
      return;
    }
    if (before?.uid && me.uid && before.uid !== me.uid) await this.otherPerson();
    if (!(await this.keepMe(me, epoch))) return;
    const signed = me.signed_in ? "in" : "out";
    if (this.link.get().signed !== signed) this.hurry = true;
    this.tellLink({ signed });
    this.sure = true;
    if (before?.uid === me.uid) return;
    await this.read();
    this.others?.postMessage("all");
  }

  /** Whether it was kept: not when the phone was wiped since it was asked. */
  private async keepMe(me: Me, epoch: number): Promise<boolean> {
    const tx = (await this.db()).transaction("meta", "readwrite");
    const fresh = ((await tx.store.get("epoch")) ?? 0) === epoch;
    if (fresh) await tx.store.put(me, "me");
    await tx.done;
    if (fresh) this.me.set(me);
    return fresh;
  }

  /** Somebody else signed in on this phone: tasks of the one before are not theirs to see. */
  private async otherPerson(): Promise<void> {
    const db = await this.db();
    const tx = db.transaction(["tasks", "pictures", "meta"], "readwrite");
    await tx.objectStore("tasks").clear();
    await tx.objectStore("pictures").clear();
    for (const name of ["cursor", "reports", "habits"]) await tx.objectStore("meta").delete(name);
    await tx.done;
    await this.read();
  }

  private async pull(epoch: number): Promise<void> {
    const cursor = (await recall<string>(await this.db(), "cursor")) ?? "";
    const pulled = await this.askTasks(cursor).catch((error) => {
      if (!cursor || !(error instanceof ApiError) || !isSpent(error.status)) throw error;
      // The server does not read this cursor any more: everything comes once.
      return this.askTasks("");
    });
    const db = await this.db();
    await kept(() => keepPulled(db, pulled, epoch));
    if (!this.me.get()?.signed_in) await this.askMine(db);
    await this.read();
    this.others?.postMessage("all");
    const fetched = async (address: string) =>
      this.stopped || (await epochOf(db)) !== epoch ? null : this.fetchPicture(address);
    this.fetching ??= keepPictures(db, this.tasks.get(), fetched)
      .catch(() => undefined)
      .finally(() => {
        this.fetching = null;
      });
  }

  private askTasks(cursor: string): Promise<Pulled> {
    const reader = this.me.get()?.uid;
    // The server answers nothing to this phone if somebody else is signed in by now.
    const whose = reader ? `&reader=${encodeURIComponent(reader)}` : "";
    return this.net.get<Pulled>(`pull?cursor=${encodeURIComponent(cursor)}${whose}`);
  }

  /** A resident's reports, by the private links that came back for them. */
  private async askMine(db: Db): Promise<void> {
    const links = (await recall<string[]>(db, "links")) ?? [];
    for (const item of await db.getAll("items")) {
      const token = item.result?.link?.split("/").filter(Boolean).pop();
      if (token && !links.includes(token)) links.unshift(token);
    }
    if (!links.length) return;
    await db.put("meta", links.slice(0, 50), "links");
    const found = await this.net.post<Mine[]>("mine", { tokens: links.slice(0, 50) });
    await db.put("meta", found, "reports");
  }

  private refreshSoon(): void {
    setTimeout(() => void this.sync(), 300);
  }

  private async signedOut(code: string): Promise<void> {
    if (ENDED.test(code)) {
      await wipe(await this.db(), this.me.get()?.uid ?? "");
      await this.read();
      this.others?.postMessage("all");
      this.tellLink({ signed: "ended" });
    } else this.tellLink({ signed: "expired" });
  }

  // --- items ---

  item(id: string): Item | undefined {
    return this.items.get().find((one) => one.id === id);
  }

  async draft(
    kind: Kind,
    more: { task?: Task; given?: Given; fresh?: boolean } = {},
  ): Promise<Item> {
    const owner = this.me.get()?.uid ?? "";
    const task = more.task?.id ?? null;
    // The one that was touched last: what was taken back to be edited goes before a blank one.
    const open = this.items
      .get()
      .filter(
        (one) =>
          one.phase === "draft" && one.kind === kind && one.task === task && one.owner === owner,
      )
      .sort((a, b) => b.changed_at.localeCompare(a.changed_at))[0];
    if (open && !more.fresh) return more.given ? this.write(open.id, more.given) : open;
    const now = this.time();
    const item: Item = {
      id: uuid(),
      operation: uuid(),
      // Its photos are known by this, also when the session has changed.
      secret: newSecret(),
      kind,
      task,
      version: more.task?.version ?? null,
      about: more.task ?? null,
      phase: "draft",
      given: more.given ?? {},
      pictures: [],
      owner,
      made_at: now,
      changed_at: now,
      sent_at: null,
      tries: 0,
      next_at: 0,
      problem: null,
      now: null,
      behind: "",
      result: null,
    };
    const db = await this.db();
    await this.keep(() => db.put("items", item));
    this.show(item);
    return item;
  }

  write(id: string, given: Given): Promise<Item> {
    return this.change(id, (item) => {
      moves.allow(item, "write");
      return { ...item, given: { ...item.given, ...given }, changed_at: this.time() };
    });
  }

  async addPhoto(id: string, file: Blob, more: PictureOptions = {}): Promise<Picture> {
    const me = this.me.get();
    const item = this.item(id);
    if (!item) throw new FieldError("item.gone");
    const count = item.pictures.filter((one) => one.kind === "photo").length;
    if (count >= (me?.max_photos ?? BEFORE_ME.photos)) throw new FieldError("picture.too_many");
    const taken = localTime(this.now());
    const made = await (this.o.prepare ?? prepare)(file, this.limits(), more.camera);
    const here = more.place ?? null;
    const capture = more.camera ? await captured(await this.db(), made.sha256, taken, here) : "";
    return this.addPicture(id, made, {
      name: more.name ?? (file instanceof File ? file.name : "") ?? "",
      taken: more.camera ? taken : made.taken,
      place: more.camera ? here : (made.place ?? here),
      capture,
    });
  }

  async addVoice(id: string, file: Blob, seconds: number): Promise<Picture> {
    const bytes = await file.arrayBuffer();
    const made = { bytes, type: file.type, width: null, height: null, thumb: null, taken: null };
    return this.addPicture(
      id,
      { ...made, place: null, sha256: await sha256(bytes) },
      { kind: "voice", seconds, taken: localTime(this.now()) },
    );
  }

  async redraw(id: string, uid: string, drawn: Blob): Promise<Picture> {
    const old = this.item(id)?.pictures.find((one) => one.uid === uid);
    if (!old) throw new FieldError("item.gone");
    const made = await (this.o.prepare ?? prepare)(drawn, this.limits());
    const { name, taken, place } = old;
    return this.addPicture(id, made, { name, taken, place, drawn: true }, uid);
  }

  private limits() {
    const me = this.me.get();
    return {
      edge: me?.photo_edge ?? BEFORE_ME.edge,
      bytes: me?.photo_bytes ?? BEFORE_ME.bytes,
    };
  }

  /** Bytes and what is said of them in one transaction: neither is ever there alone. */
  private async addPicture(
    id: string,
    made: Prepared,
    more: Partial<Picture>,
    instead = "",
  ): Promise<Picture> {
    const picture: Picture = {
      uid: uuid(),
      kind: "photo",
      name: "",
      type: made.type,
      size: made.bytes.byteLength,
      width: made.width,
      height: made.height,
      seconds: null,
      sha256: made.sha256,
      taken: made.taken,
      place: made.place,
      capture: "",
      drawn: false,
      sent: 0,
      url: "",
      kept: false,
      ...more,
    };
    const { bytes, thumb, type } = made;
    const db = await this.db();
    const row: Bytes = { uid: picture.uid, item: id, type, bytes, thumb };
    const next = await this.keep(async () => {
      const tx = db.transaction(["items", "bytes"], "readwrite");
      const item = await tx.objectStore("items").get(id);
      if (item?.phase !== "draft") {
        tx.abort();
        await tx.done.catch(() => undefined);
        throw new FieldError(item ? "item.busy" : "item.gone");
      }
      const at = item.pictures.findIndex((one) => one.uid === instead);
      const left = at < 0 ? item : await without(tx, item, instead);
      const pictures = [...left.pictures];
      pictures.splice(at < 0 ? pictures.length : at, 0, picture);
      const changed = { ...left, pictures, changed_at: this.time() };
      await Promise.all([
        tx.objectStore("bytes").put(row),
        tx.objectStore("items").put(changed),
        tx.done,
      ]);
      return changed;
    });
    this.show(next);
    void this.measure();
    return picture;
  }

  async removePicture(id: string, uid: string): Promise<Item> {
    return this.rewrite(id, (tx, found) => without(tx, found, uid));
  }

  async placePicture(id: string, uid: string, place: Place): Promise<Picture> {
    const at = this.item(id)?.pictures.findIndex((one) => one.uid === uid) ?? -1;
    const item = await this.rewrite(id, async (tx, found) => {
      // What was uploaded was uploaded with the place of then: it goes anew.
      const left = isUploaded(found, uid) ? await anew(tx, found) : found;
      const pictures = left.pictures.map((one, n) => (n === at ? { ...one, place } : one));
      return { ...left, pictures };
    });
    const picture = item.pictures[at];
    if (!picture) throw new FieldError("item.gone");
    return picture;
  }

  /** A draft and its bytes changed in one transaction. */
  private async rewrite(
    id: string,
    by: (tx: ItemsAndBytes, found: Item) => Promise<Item>,
  ): Promise<Item> {
    const db = await this.db();
    const item = await this.keep(async () => {
      const tx = db.transaction(["items", "bytes"], "readwrite");
      const found = await tx.objectStore("items").get(id);
      if (found?.phase !== "draft") {
        tx.abort();
        await tx.done.catch(() => undefined);
        throw new FieldError(found ? "item.busy" : "item.gone");
      }
      const left = { ...(await by(tx, found)), changed_at: this.time() };
      await Promise.all([tx.objectStore("items").put(left), tx.done]);
      return left;
    });
    this.show(item);
    return item;
  }

  async picture(uid: string): Promise<Blob | null> {
    const found = await (await this.db()).get("bytes", uid);
    return found?.bytes ? new Blob([found.bytes], { type: found.type }) : null;
  }

  async thumb(uid: string): Promise<Blob | null> {
    const found = await (await this.db()).get("bytes", uid);
    if (found?.thumb) return new Blob([found.thumb], { type: "image/jpeg" });
    return found?.bytes ? new Blob([found.bytes], { type: found.type }) : null;
  }

  async taskPicture(address: string): Promise<Blob | null> {
    const found = await (await this.db()).get("pictures", address);
    if (found) return new Blob([found.bytes], { type: found.type });
    return this.fetchPicture(address);
  }

  private async fetchPicture(address: string): Promise<Blob | null> {
    try {
      const db = await this.db();
      const epoch = await epochOf(db);
      const answer = await (this.o.fetch ?? fetch)(address, { credentials: "same-origin" });
      const type = answer.headers.get("Content-Type") ?? "";
      if (!answer.ok || !type.startsWith("image/")) return null;
      const bytes = await answer.arrayBuffer();
      const at = Date.now();
      if ((await epochOf(db)) === epoch) {
        await db.put("pictures", { address, type, bytes, at }).catch(() => undefined);
      }
      return new Blob([bytes], { type });
    } catch {
      return null;
    }
  }

  async send(id: string): Promise<Item> {
    const item = await this.change(id, (it) => moves.sent(it, this.time()));
    if (item.kind === "report") await this.learn(item);
    void this.outbox?.kick();
    void registerSync();
    return item;
  }

  async mend(id: string): Promise<Item> {
    const item = await this.change(id, (it) => moves.mended(it, uuid(), this.time()));
    const tasks = new Map(this.tasks.get().map((task) => [task.id, task]));
    return this.change(id, (it) => ({ ...it, behind: standing(item, tasks) }));
  }

  async discard(id: string): Promise<void> {
    const db = await this.db();
    await this.change(id, (item) => {
      moves.allow(item, "discard");
      return null;
    });
    await removeItem(db, id);
    this.items.set(this.items.get().filter((one) => one.id !== id));
    this.others?.postMessage(id);
  }

  async clearSent(): Promise<void> {
    const db = await this.db();
    for (const item of this.items.get()) if (isCleared(item)) await removeItem(db, item.id);
    this.items.set(this.items.get().filter((item) => !isCleared(item)));
    this.others?.postMessage("all");
  }

  private async change(id: string, by: (item: Item) => Item | null): Promise<Item> {
    const db = await this.db();
    const item = await this.keep(() => changeItem(db, id, by));
    this.show(item);
    return item;
  }

  /** A full disk: what can come again makes room; if that is not enough, it is said. */
  private async keep<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await kept(work);
    } catch (error) {
      if (!(error instanceof FieldError && error.code === "space.full")) throw error;
    }
    try {
      await makeRoom(await this.db());
      return await kept(work);
    } catch (error) {
      if (error instanceof FieldError && error.code === "space.full") await this.measure(true);
      throw error;
    }
  }

  // --- helps ---

  async suggest(at: Place | null, words: string): Promise<Suggestion[]> {
    const db = await this.db();
    const habits = (await recall<Habits>(db, "habits")) ?? {};
    const own = suggested(this.catalogue.get()?.categories ?? [], habits, at, words, this.now());
    if (!words.trim() || !this.link.get().online) return own;
    const asked = { lat: at?.lat ?? null, lon: at?.lon ?? null, words };
    const theirs = await this.net
      .post<{ categories: number[] }>("suggest", asked)
      .catch(() => ({ categories: [] }));
    const found = theirs.categories.map((category_id, i) => ({
      category_id,
      because: "server",
      score: 3 - i / 2,
    }));
    const more = own.filter((one) => !found.some((it) => it.category_id === one.category_id));
    return [...found, ...more].sort((a, b) => b.score - a.score).slice(0, 5);
  }

  private async learn(item: Item): Promise<void> {
    const { category, lat, lon } = item.given;
    if (typeof category !== "number") return;
    const known = typeof lat === "number" && typeof lon === "number";
    const place: Place | null = known ? { lat, lon, accuracy: null, source: "pin" } : null;
    const db = await this.db();
    const habits = (await recall<Habits>(db, "habits")) ?? {};
    await db.put("meta", learnt(habits, category, place, this.now()), "habits");
  }

  route(from: Place, tasks: string[]): Promise<Route> {
    const wanted = new Set(tasks);
    const stops = this.tasks.get().filter(({ id }) => wanted.has(id));
    return this.net.post<Route>("route", {
      lat: from.lat,
      lon: from.lon,
      stops: stops.map(({ id, lat, lon }) => ({ id, lat, lon })),
    });
  }

  /** Inside WeChat its own interface is asked first, where the office uses it. */
  async locate(options?: { timeout?: number; fresh?: boolean }): Promise<Place> {
    return (await this.byWechat()) ?? locate(options);
  }

  follow(told: (place: Place) => void, failed: (error: FieldError) => void): () => void {
    if (!this.asksWechat()) return follow(told, failed);
    let over = false;
    let stop: () => void = () => undefined;
    const ask = async () => {
      const place = await this.byWechat();
      if (over) return;
      if (!place) {
        stop = follow(told, failed);
        return;
      }
      told(place);
      // It says where one is, not where one goes: it is asked again.
      const timer = setTimeout(() => void ask(), WECHAT_EVERY_MS);
      stop = () => clearTimeout(timer);
    };
    void ask();
    return () => {
      over = true;
      stop();
    };
  }

  private asksWechat(): boolean {
    return insideWechat() && Boolean(this.me.get()?.gcj02_key);
  }

  /** null where WeChat is not asked, or does not tell. */
  private async byWechat(): Promise<Place | null> {
    if (!this.asksWechat()) return null;
    const sign = (url: string) => this.net.get<Signed>(`wechat?url=${encodeURIComponent(url)}`);
    return locateByWechat(sign).catch(() => null);
  }

  areaAt(place: { lat: number; lon: number }, level?: string) {
    return areaAt(this.catalogue.get()?.areas ?? [], place.lat, place.lon, level);
  }

  unsent(): Item[] {
    const mine = this.me.get()?.uid ?? "";
    return this.items.get().filter((item) => item.owner === mine && isUnsent(item));
  }

  async signOut(options: { force?: boolean } = {}): Promise<boolean> {
    const me = this.me.get();
    if (!me?.uid) return true;
    if (!options.force && this.unsent().length) return false;
    const db = await this.db();
    // What is on the phone goes now; the server hears of it as soon as it can be reached.
    this.leaving = { csrf: me.csrf };
    await db.put("meta", this.leaving, "leaving");
    await wipe(db, me.uid);
    await this.read();
    this.others?.postMessage("all");
    this.tellLink({ signed: "out" });
    void (this.syncing ?? Promise.resolve()).then(() => this.sync());
    return true;
  }

  async persist(): Promise<boolean> {
    const granted = await persist();
    await this.measure();
    return granted;
  }

  private async measure(full = false): Promise<void> {
    this.space.set(await spaceNow(full));
  }
}

interface Leaving {
  csrf: string;
}

const NOBODY = { title: "", status: 401, code: "", field: "" };
const isSpent = (status: number) =>
  status >= 400 && status < 500 && status !== 401 && status !== 429;

/**
 * An item without one of its pictures. The server counts what was uploaded under a secret, also what
 * was taken out since: once one of those is gone, the others are uploaded anew under another secret.
 */
async function without(tx: ItemsAndBytes, item: Item, uid: string): Promise<Item> {
  const gone = item.pictures.find((one) => one.uid === uid);
  const left = { ...item, pictures: item.pictures.filter((one) => one.uid !== uid) };
  await tx.objectStore("bytes").delete(uid);
  return gone && isUploaded(item, uid) ? anew(tx, left) : left;
}

function isUploaded(item: Item, uid: string): boolean {
  const one = item.pictures.find((each) => each.uid === uid);
  return Boolean(one?.url || one?.kept);
}

/** An item whose pictures were never sent: they go under other ids and another secret. */
async function anew(tx: ItemsAndBytes, item: Item): Promise<Item> {
  const bytes = tx.objectStore("bytes");
  const pictures: Picture[] = [];
  for (const one of item.pictures) {
    const row = await bytes.get(one.uid);
    const fresh = { ...one, uid: uuid(), sent: 0, url: "", kept: false };
    if (row) await bytes.put({ ...row, uid: fresh.uid });
    await bytes.delete(one.uid);
    pictures.push(fresh);
  }
  return { ...item, secret: newSecret(), pictures };
}

const newSecret = () => `${uuid()}${uuid()}`.replaceAll("-", "");

/** Where the browser offers it, it wakes us when there is a network, though the page is closed. */
async function registerSync(): Promise<void> {
  const at = await globalThis.navigator?.serviceWorker
    ?.getRegistration?.("/field/")
    .catch(() => undefined);
  const by = at as unknown as { sync?: { register: (tag: string) => Promise<void> } } | undefined;
  await by?.sync?.register("send").catch(() => undefined);
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof ApiError) {
    const { code, title, field } = error.problem;
    return { code, message: title, field: field ?? "" };
  }
  if (error instanceof FieldError) return { code: error.code, message: "", field: "" };
  return { code: "network", message: "", field: "" };
}

const newest = (items: Item[]) =>
  [...items].sort((a, b) => b.made_at.localeCompare(a.made_at) || a.id.localeCompare(b.id));

const ordered = (tasks: Task[]) =>
  [...tasks].sort((a, b) => (a.due_at ?? "9").localeCompare(b.due_at ?? "9"));
