// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { byLease } from "./alone";
import { captured, localTime } from "./capture";
import { changeItem, type Db, openDb } from "./db";
import { openField } from "./field";
import { plain, sha256 } from "./hash";
import { pause } from "./moves";
import { Unreachable } from "./net";
import { placeOf, takenOf } from "./pictures";
import { fromGcj02, toGcj02 } from "./place";
import { learnt, suggested } from "./suggest";
import type { Field, Item, Picture, Store } from "./types";
import { removeOld, wipe } from "./wipe";
import type { Answer, Catalogue, Category, Me, Operation, Pulled, Task } from "./wire";

const NOW = "2026-11-23T09:00:00+08:00";

const ME: Me = {
  signed_in: true,
  signed_out: "",
  session: "field",
  uid: "lin",
  name: "林",
  unit: "",
  verbs: [],
  may: { snap: true, verify: true, handle: true, recheck: true, look_back: true },
  closed: "",
  language: "en",
  csrf: "first",
  server_time: NOW,
  site: "",
  demo: false,
  registration: [],
  complain: { number: "", words: "" },
  gcj02_key: null,
  max_photos: 3,
  photo_edge: 2560,
  photo_bytes: 1e7,
  voice_seconds: 60,
  keep_days: 14,
};

function task(id: string, version: number): Task {
  return {
    id,
    kind: "handle",
    case: id,
    version,
    state: "in_hand",
    category_id: 1,
    category: "",
    icon: "",
    words: ["a hole"],
    address: "",
    street: "",
    community: "",
    unit: "",
    lat: 26,
    lon: 119,
    due_at: null,
    late: false,
    urgent: false,
    blind: false,
    on_spot: false,
    needs_photo: false,
    before: [],
    after: [],
    history: [],
    moves: ["handle", "return"],
  };
}

/** The network's edge: a server that remembers operations and uploads as ours does, and can fail. */
class Server {
  me: Me = ME;
  tasks: Task[] = [];
  done = new Map<string, Operation>();
  uploads = new Map<string, string>();
  pushes = 0;
  asked: string[] = [];
  answer: (operation: Operation) => Partial<Answer> = () => ({});
  /** Called before and after the work of each request; what it throws, the phone sees as no network. */
  trouble: (path: string, after: boolean) => Response | undefined = () => undefined;

  fetch = async (input: string | URL | Request, options: RequestInit = {}): Promise<Response> => {
    const path = String(input).replace("/field/api/", "");
    this.asked.push(path);
    const before = this.trouble(path, false);
    if (before) return before;
    const content = this.work(path.split("?")[0] ?? "", JSON.parse(String(options.body ?? "{}")));
    return this.trouble(path, true) ?? Response.json(content);
  };

  upload = async (
    picture: Picture,
    bytes: Blob,
    told: { begun: (url: string) => Promise<void>; progress: (n: number) => void },
  ) => {
    this.trouble("upload", false);
    await told.begun(`/field/uploads/${picture.uid}`);
    told.progress(Math.floor(bytes.size / 2));
    this.trouble("upload", true);
    this.uploads.set(picture.uid, await bytes.text());
  };

  private work(path: string, content: { operations?: Operation[] }): unknown {
    if (path === "me") return this.me;
    if (path === "sign_out") this.me = { ...this.me, signed_in: false, uid: null };
    if (path === "pull") {
      const pulled: Pulled = {
        cursor: "c",
        whole: true,
        server_time: NOW,
        catalogue: null,
        tasks: this.tasks,
        gone: [],
        reports: [],
      };
      return pulled;
    }
    if (path === "push") {
      this.pushes += 1;
      return { server_time: NOW, answers: (content.operations ?? []).map((one) => this.take(one)) };
    }
    return [];
  }

  private take(one: Operation): Answer {
    const answer: Answer = {
      id: one.id,
      state: "done",
      code: "",
      message: "",
      field: "",
      result: { receipt: "R" },
      now: null,
      ...this.answer(one),
    };
    if (answer.state === "done") this.done.set(one.id, one);
    return answer;
  }
}

let server: Server;
let names = 0;
let open: Field[] = [];

beforeEach(() => {
  server = new Server();
  names += 1;
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(async () => {
  server.trouble = () => undefined;
  await Promise.all(open.map((one) => one.stop()));
  open = [];
  vi.restoreAllMocks();
});

async function phone(): Promise<Field> {
  const field = openField({
    name: `phone-${names}`,
    fetch: server.fetch as typeof fetch,
    upload: server.upload,
    language: () => "en",
    prepare: async (file) => ({
      bytes: await file.arrayBuffer(),
      type: "image/jpeg",
      width: 1,
      height: 1,
      taken: null,
      place: null,
      thumb: null,
      sha256: "ab",
    }),
  });
  open.push(field);
  await field.start();
  await field.refresh();
  return field;
}

async function kill(field: Field): Promise<void> {
  open = open.filter((one) => one !== field);
  await field.stop();
}

function until<T>(store: Store<T>, so: (value: T) => boolean): Promise<T> {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(JSON.stringify(store.get()))), 4000);
    const stop = store.subscribe((value) => {
      if (!so(value)) return;
      clearTimeout(late);
      setTimeout(() => stop(), 0);
      done(value);
    });
  });
}

const phase = (field: Field, id: string, wanted: Item["phase"]) =>
  until(field.items, (items) => items.find((one) => one.id === id)?.phase === wanted);

async function report(field: Field, words = "a hole", photos = 1): Promise<Item> {
  const item = await field.draft("report", { given: { words }, fresh: true });
  for (let i = 0; i < photos; i++) await field.addPhoto(item.id, new Blob([`${words} ${i}`]));
  return item;
}

const lost = () => {
  throw new Unreachable("Failed to fetch");
};

describe("a draft", () => {
  it("is there again after the app was killed, with words and pictures", async () => {
    const field = await phone();
    const { id } = await report(field);
    await kill(field);
    const again = await phone();
    expect(again.item(id)?.given).toEqual({ words: "a hole" });
    const uid = again.item(id)?.pictures[0]?.uid as string;
    expect(await (await again.picture(uid))?.text()).toBe("a hole 0");
  });

  it("goes on where it was left, one for each task and kind", async () => {
    const field = await phone();
    const first = await field.draft("handle", { task: task("case-1", 1) });
    expect((await field.draft("handle", { task: task("case-1", 1) })).id).toBe(first.id);
    expect((await field.draft("return", { task: task("case-1", 1) })).id).not.toBe(first.id);
  });

  it("that was taken back goes before a blank one, and stays however old it is", async () => {
    const field = await phone();
    server.trouble = lost;
    const { id } = await report(field);
    await field.send(id);
    await field.draft("report", { fresh: true });
    await until(field.items, () => field.item(id)?.problem?.code === "network");
    await new Promise((soon) => setTimeout(soon, 2));
    await field.mend(id);
    expect((await field.draft("report")).id).toBe(id);
    const db = await openDb(`phone-${names}`);
    expect(await removeOld(db, 14, Date.now() + 100 * 24 * 3600 * 1000)).toBe(true);
    expect((await db.getAll("items")).map((one) => one.id)).toEqual([id]);
    db.close();
  });

  it("uploads all anew under another secret once an uploaded picture was taken out", async () => {
    const field = await phone();
    const { id } = await report(field, "a hole", 3);
    server.answer = () => ({ state: "refused", code: "photo.dark" });
    await field.send(id);
    await phase(field, id, "refused");
    const before = await field.mend(id);
    const [first, second] = before.pictures.map((one) => one.uid);
    await field.removePicture(id, first as string);
    const after = field.item(id) as Item;
    expect(after.secret).not.toBe(before.secret);
    expect(after.pictures.map((one) => [one.kept, one.url, one.sent])).toEqual([
      [false, "", 0],
      [false, "", 0],
    ]);
    expect(await field.picture(second as string)).toBeNull();
    server.answer = () => ({});
    await field.send(id);
    await phase(field, id, "sent");
    const sent = [...server.done.values()][0] as Operation;
    expect(sent.photos.map((uid) => server.uploads.get(uid))).toEqual(["a hole 1", "a hole 2"]);
  });

  it("gives each photo a place of its own, also one that was uploaded before", async () => {
    const field = await phone();
    const { id } = await report(field, "a hole", 2);
    server.answer = () => ({ state: "refused", code: "photo.dark" });
    await field.send(id);
    await phase(field, id, "refused");
    const before = await field.mend(id);
    const place = { lat: 26.081, lon: 119.291, accuracy: null, source: "pin" as const };
    const second = before.pictures[1]?.uid as string;
    const moved = await field.placePicture(id, second, place);
    const after = field.item(id) as Item;
    expect(after.pictures[1]).toEqual(moved);
    expect(moved.place).toEqual(place);
    expect(after.pictures[0]?.place).toEqual(before.pictures[0]?.place);
    expect([moved.url, moved.kept, after.secret === before.secret]).toEqual(["", false, false]);
    await expect(field.placePicture(id, second, place)).rejects.toThrow("item.gone");
  });

  it("takes no more photos than the office allows", async () => {
    const field = await phone();
    const { id } = await report(field, "x", 3);
    await expect(field.addPhoto(id, new Blob(["y"]))).rejects.toThrow("picture.too_many");
  });

  it("changes nothing once it waits", async () => {
    const field = await phone();
    server.trouble = lost;
    const { id } = await report(field);
    await field.send(id);
    await expect(field.write(id, { words: "other" })).rejects.toThrow("item.busy");
    await expect(field.addPhoto(id, new Blob(["y"]))).rejects.toThrow("item.busy");
  });

  it("says when the disk is full and keeps what was there", async () => {
    const field = await phone();
    const { id } = await report(field);
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    vi.spyOn(console, "error").mockReturnValue();
    await expect(field.write(id, { words: "longer" })).rejects.toThrow("space.full");
    expect(field.space.get().full).toBe(true);
    put.mockRestore();
    expect(field.item(id)?.given).toEqual({ words: "a hole" });
  });
});

describe("sending", () => {
  it("clears what has arrived when asked, and nothing else", async () => {
    const field = await phone();
    const { id } = await report(field);
    await field.send(id);
    await phase(field, id, "sent");
    server.answer = () => ({ state: "refused", code: "photo.dark" });
    const other = await report(field, "another");
    await field.send(other.id);
    await phase(field, other.id, "refused");
    await field.clearSent();
    expect(field.items.get().map((one) => one.id)).toEqual([other.id]);
    const db = await openDb(`phone-${names}`);
    expect((await db.getAll("items")).map((one) => one.id)).toEqual([other.id]);
    db.close();
  });

  it("brings words and every byte, once, and frees the bytes", async () => {
    const field = await phone();
    const { id } = await report(field, "a hole", 2);
    await field.send(id);
    await phase(field, id, "sent");
    const [uid] = (field.item(id) as Item).pictures.map((one) => one.uid);
    expect([...server.uploads.values()]).toEqual(["a hole 0", "a hole 1"]);
    expect(server.done.size).toBe(1);
    expect(await field.picture(uid as string)).toBeNull();
  });

  it.each([
    ["before the upload", "upload", false],
    ["in the middle of the upload", "upload", true],
    ["before the push", "push", false],
    ["after the push, the answer lost", "push", true],
  ])("survives the app being killed %s", async (_when, at, after) => {
    const field = await phone();
    const { id } = await report(field, "a hole", 2);
    let killed: Promise<void> | null = null;
    server.trouble = (path, late) => {
      if (path === at && late === after) {
        // The page dies here: nothing of it goes on.
        killed ??= kill(field);
        return lost();
      }
      return undefined;
    };
    await field.send(id);
    await vi.waitFor(() => expect(killed).not.toBeNull());
    await killed;
    // As after a kill: it says "sending", and nobody sends.
    const db = await openDb(`phone-${names}`);
    await changeItem(db, id, (item) => ({ ...item, phase: "sending" }));
    db.close();
    server.trouble = () => undefined;
    const again = await phone();
    await phase(again, id, "sent");
    expect([...server.done.keys()]).toEqual([(again.item(id) as Item).operation]);
    expect([...server.uploads.values()].sort()).toEqual(["a hole 0", "a hole 1"]);
  });

  it("waits for the network, and goes when it is told to", async () => {
    const field = await phone();
    const { id } = await report(field);
    server.trouble = lost;
    await field.send(id);
    await until(field.items, () => field.item(id)?.problem?.code === "network");
    expect(field.item(id)?.phase).toBe("waiting");
    server.trouble = () => undefined;
    await field.refresh();
    await phase(field, id, "sent");
  });

  it("tells why the server refused, and a mended one goes under another id", async () => {
    const field = await phone();
    const { id } = await report(field);
    server.answer = () => ({
      state: "refused",
      code: "report.words",
      message: "Say more.",
      field: "words",
    });
    await field.send(id);
    await phase(field, id, "refused");
    expect(field.item(id)?.problem).toEqual({
      code: "report.words",
      message: "Say more.",
      field: "words",
    });
    const before = field.item(id)?.operation;
    await field.mend(id);
    await field.write(id, { words: "a deep hole" });
    server.answer = () => ({});
    await field.send(id);
    await phase(field, id, "sent");
    expect(field.item(id)?.operation).not.toBe(before);
    expect([...server.done.values()].map((one) => one.given)).toEqual([{ words: "a deep hole" }]);
    expect(server.uploads.size).toBe(1);
  });

  it("keeps its id when it is taken back while it waits: the server may have it", async () => {
    const field = await phone();
    server.trouble = (path) => (path === "push" ? lost() : undefined);
    const { id, operation } = await report(field);
    await field.send(id);
    await until(field.items, () => field.item(id)?.problem?.code === "network");
    expect((await field.mend(id)).operation).toBe(operation);
  });

  it("tells that it had arrived before it was edited, and keeps what came too late", async () => {
    const field = await phone();
    const { id } = await report(field);
    const code = "push.done_before_edit";
    server.answer = () => ({ code, message: "It had arrived." });
    await field.send(id);
    await phase(field, id, "sent");
    expect(field.item(id)?.problem?.code).toBe(code);
    const uid = field.item(id)?.pictures[0]?.uid as string;
    expect(await (await field.picture(uid))?.text()).toBe("a hole 0");
    await expect(field.mend(id)).rejects.toThrow("item.busy");
  });

  it("gets no other id where the server has done it under its own", async () => {
    const field = await phone();
    const { id, operation } = await report(field, "x", 0);
    server.answer = () => ({ state: "refused", code: "push.same_id_other_content" });
    await field.send(id);
    await phase(field, id, "refused");
    expect((await field.mend(id)).operation).toBe(operation);
  });

  it("goes on when the browser has closed the database", async () => {
    const field = await phone();
    const core = field as unknown as { opened: Promise<Db> | null };
    await new Promise((soon) => setTimeout(soon, 50));
    (await core.opened)?.close();
    core.opened = null;
    const { id } = await report(field);
    await field.send(id);
    await phase(field, id, "sent");
  });

  it("keeps words and photos when somebody else was quicker", async () => {
    server.tasks = [task("case-1", 1)];
    const field = await phone();
    const { id } = await field.draft("handle", {
      task: task("case-1", 1),
      given: { note: "filled" },
    });
    const { uid } = await field.addPhoto(id, new Blob(["after"]));
    server.answer = () => ({ state: "changed", code: "case.changed", now: task("case-1", 2) });
    await field.send(id);
    await phase(field, id, "changed");
    expect(await (await field.picture(uid))?.text()).toBe("after");
    server.answer = () => ({});
    await field.mend(id);
    await field.send(id);
    await phase(field, id, "sent");
    expect([...server.done.values()].map((one) => [one.version, one.given])).toEqual([
      [2, { note: "filled" }],
    ]);
  });

  it("lets one refusal not stop the others", async () => {
    const field = await phone();
    server.trouble = lost;
    const ids = await Promise.all(
      ["one", "two", "three"].map(async (words) => (await report(field, words, 0)).id),
    );
    for (const id of ids) await field.send(id);
    server.trouble = () => undefined;
    server.answer = (one) => (one.given.words === "two" ? { state: "refused", code: "x" } : {});
    await field.refresh();
    await phase(field, ids[2] as string, "sent");
    expect(ids.map((id) => field.item(id)?.phase)).toEqual(["sent", "refused", "sent"]);
  });

  it("does things to one task in their order, each on what was looked at: the server knows the chain", async () => {
    server.tasks = [task("case-1", 1)];
    const field = await phone();
    server.trouble = lost;
    for (const kind of ["accept", "handle"] as const) {
      await field.send((await field.draft(kind, { task: task("case-1", 1) })).id);
      await new Promise((soon) => setTimeout(soon, 2));
    }
    server.trouble = () => undefined;
    server.answer = (one) => ({ now: task("case-1", (one.version ?? 0) + 1) });
    await field.refresh();
    await until(field.items, (items) => items.every((one) => one.phase === "sent"));
    expect([...server.done.values()].map((one) => [one.kind, one.version])).toEqual([
      ["accept", 1],
      ["handle", 1],
    ]);
  });

  it("sends once from two tabs", async () => {
    const [one, two] = [await phone(), await phone()];
    const { id } = await report(one);
    await Promise.all([one.send(id), two.refresh(), one.refresh()]);
    await phase(one, id, "sent");
    await phase(two, id, "sent");
    expect(server.done.size).toBe(1);
  });

  it("asks for another token when its own is too old", async () => {
    const field = await phone();
    const problem = { title: "", status: 403, code: "form.expired" };
    let asked = 0;
    server.trouble = (path, after) => {
      if (path === "push" && !after && asked++ === 0)
        return Response.json(problem, { status: 403 });
      return undefined;
    };
    const { id } = await report(field, "x", 0);
    await field.send(id);
    await phase(field, id, "sent");
    expect(server.pushes).toBe(1);
  });

  it("takes the page of a hotel's network for no network", async () => {
    const field = await phone();
    server.trouble = () =>
      new Response("<html>Log in</html>", { headers: { "Content-Type": "text/html" } });
    const { id } = await report(field, "x", 0);
    await field.send(id);
    await until(field.items, () => field.item(id)?.problem?.code === "network");
    expect(field.item(id)?.phase).toBe("waiting");
  });
});

describe("being signed out", () => {
  const out = (code: string) => () =>
    Response.json({ title: "", status: 401, code }, { status: 401 });

  it("loses nothing when the session expired, and goes on after signing in", async () => {
    server.tasks = [task("case-1", 1)];
    const field = await phone();
    const { id } = await report(field);
    server.trouble = out("field.expired");
    await field.send(id);
    await until(field.link, (link) => link.signed === "expired");
    expect(field.tasks.get()).toHaveLength(1);
    expect(field.item(id)?.phase).toBe("waiting");
    server.trouble = () => undefined;
    await field.refresh();
    await phase(field, id, "sent");
  });

  it("does not send what belongs to somebody else who used this phone", async () => {
    const field = await phone();
    server.trouble = (path) => (path === "push" ? lost() : undefined);
    const { id } = await report(field, "x", 0);
    await field.send(id);
    await until(field.items, () => field.item(id)?.problem?.code === "network");
    server.me = { ...ME, uid: "chen" };
    server.trouble = () => undefined;
    await field.refresh();
    await field.refresh();
    expect(server.pushes).toBe(0);
    expect(field.item(id)).toBeUndefined();
    expect(field.unsent()).toEqual([]);
    server.me = ME;
    await field.refresh();
    await phase(field, id, "sent");
  });

  it("sends what was made signed out also after somebody has signed in there", async () => {
    server.me = { ...ME, signed_in: false, session: "", uid: null };
    const field = await phone();
    server.trouble = (path) => (path === "push" ? lost() : undefined);
    const { id } = await report(field, "x", 0);
    await field.send(id);
    await until(field.items, () => field.item(id)?.problem?.code === "network");
    server.me = ME;
    server.trouble = () => undefined;
    await field.refresh();
    await phase(field, id, "sent");
    expect(server.done.size).toBe(1);
  });

  it("removes what is its owner's and nobody else's", async () => {
    const field = await phone();
    const { id } = await report(field);
    const db = await openDb(`phone-${names}`);
    await wipe(db, "chen");
    await wipe(db, "");
    expect(await db.getAllKeys("items")).toEqual([id]);
    await wipe(db, "lin");
    expect(await db.getAllKeys("items")).toEqual([]);
    expect(await db.getAllKeys("bytes")).toEqual([]);
    db.close();
  });

  it("ends the session first when it was signed out without a network", async () => {
    server.tasks = [task("case-1", 1)];
    const field = await phone();
    server.trouble = lost;
    expect(await field.signOut()).toBe(true);
    expect([field.me.get(), field.tasks.get()]).toEqual([null, []]);
    await kill(field);
    server.asked = [];
    server.trouble = () => undefined;
    const again = await phone();
    expect(server.asked[0]).toBe("sign_out");
    expect(again.me.get()?.signed_in).toBe(false);
    expect(again.link.get().signed).toBe("out");
  });

  it("leaves alone who has signed in since", async () => {
    const field = await phone();
    server.trouble = lost;
    await field.signOut();
    await kill(field);
    server.me = { ...ME, csrf: "second" };
    const problem = { title: "", status: 403, code: "form.expired" };
    server.trouble = (path) =>
      path === "sign_out" ? Response.json(problem, { status: 403 }) : undefined;
    const again = await phone();
    expect(again.link.get().signed).toBe("in");
    expect(server.asked.filter((path) => path === "sign_out")).toHaveLength(2);
  });

  it("takes in nothing that was asked for before", async () => {
    const field = await phone();
    server.tasks = [task("case-1", 1)];
    let left: Promise<unknown> | undefined;
    server.trouble = (path, after) => {
      if (path.startsWith("pull") && after) left ??= field.signOut();
      if (path === "sign_out") lost();
      return undefined;
    };
    await field.refresh();
    await left;
    await new Promise((soon) => setTimeout(soon, 50));
    const db = await openDb(`phone-${names}`);
    expect(await db.getAllKeys("tasks")).toEqual([]);
    expect(await db.get("meta", "me")).toBeUndefined();
    db.close();
  });

  it("removes everything of the person when it was ended from afar", async () => {
    server.tasks = [task("case-1", 1)];
    const field = await phone();
    await report(field);
    server.trouble = out("field.ended");
    await field.refresh();
    expect(field.link.get().signed).toBe("ended");
    expect(field.items.get()).toEqual([]);
    expect(field.tasks.get()).toEqual([]);
  });

  it.each(["ended", "expired"] as const)("learns at the next start that it %s", async (how) => {
    server.tasks = [task("case-1", 1)];
    const field = await phone();
    const out = { ...ME, signed_in: false, uid: null, signed_out: how };
    server.me = out;
    server.tasks = [];
    await field.refresh();
    expect(field.link.get().signed).toBe(how);
    expect(field.tasks.get()).toHaveLength(how === "ended" ? 0 : 1);
  });

  it("asks before something unsent would be lost", async () => {
    const field = await phone();
    await report(field);
    expect(await field.signOut()).toBe(false);
    expect(field.items.get()).toHaveLength(1);
    expect(await field.signOut({ force: true })).toBe(true);
    expect(field.items.get()).toEqual([]);
  });
});

describe("pulling", () => {
  it("says of a draft that its task was moved, or is gone", async () => {
    server.tasks = [task("case-1", 1)];
    const field = await phone();
    const { id } = await field.draft("handle", { task: task("case-1", 1) });
    server.tasks = [task("case-1", 2)];
    await field.refresh();
    expect(field.item(id)?.behind).toBe("moved");
    server.tasks = [];
    await field.refresh();
    expect(field.item(id)?.behind).toBe("gone");
    expect(field.item(id)?.about?.words).toEqual(["a hole"]);
  });

  it("says for whom it pulls, and begins again where its cursor is refused", async () => {
    const field = await phone();
    server.tasks = [task("case-1", 1)];
    server.asked = [];
    const problem = { title: "", status: 414, code: "field.cursor" };
    server.trouble = (path) =>
      path.startsWith("pull?cursor=c") ? Response.json(problem, { status: 414 }) : undefined;
    await field.refresh();
    expect(server.asked.filter((path) => path.startsWith("pull"))).toEqual([
      "pull?cursor=c&reader=lin",
      "pull?cursor=&reader=lin",
    ]);
    expect(field.tasks.get()).toHaveLength(1);
  });

  it("knows how far the phone's clock is from the server's", async () => {
    server.me = { ...ME, server_time: new Date(Date.now() + 600_000).toISOString() };
    const field = await phone();
    expect(field.clock.get().wrong).toBe(true);
    expect(Math.abs(field.clock.get().offset - 600_000)).toBeLessThan(5000);
  });
});

describe("the parts", () => {
  it("give a lease to one holder at a time", async () => {
    const db = await openDb(`lease-${names}`);
    let second: boolean | undefined;
    const first = await byLease(db, "x", async () => {
      second = await byLease(db, "x", async () => undefined);
    });
    expect([first, second]).toEqual([true, false]);
    expect(await byLease(db, "x", async () => undefined)).toBe(true);
    db.close();
  });

  it("wait longer after each failure, up to two minutes", () => {
    expect([1, 2, 3, 20].map((n) => pause(n, () => 1))).toEqual([1000, 2000, 4000, 120_000]);
    expect(pause(20, () => 0)).toBe(60_000);
  });

  it("digest without the browser's help as with it", async () => {
    for (const length of [0, 1, 55, 56, 63, 64, 1000]) {
      const bytes = new Uint8Array(length).map((_, i) => i * 7);
      const found = Array.from(plain(bytes), (one) => one.toString(16).padStart(2, "0")).join("");
      expect(found).toBe(await sha256(bytes));
    }
  });

  it("chain pictures without a gap, also two at once", async () => {
    const db = await openDb(`chain-${names}`);
    const place = { lat: 26.080001, lon: 119.290002, accuracy: 12.54, source: "device" as const };
    const lines = (
      await Promise.all([captured(db, "aa", NOW, place), captured(db, "bb", NOW, null)])
    ).map((one) => JSON.parse(one));
    const [one, two] = lines.sort((a, b) => a.n - b.n);
    expect([one.n, two.n, one.before, two.before]).toEqual([1, 2, "", one.link]);
    db.close();
  });

  it("turn GCJ-02 back into WGS84 within centimetres", () => {
    const [lat, lon] = fromGcj02(...toGcj02(26.0745, 119.2965));
    expect(Math.hypot(lat - 26.0745, lon - 119.2965)).toBeLessThan(1e-7);
    expect(toGcj02(26.0745, 119.2965)[1]).toBeGreaterThan(119.3);
    expect(toGcj02(51.5, -0.1)).toEqual([51.5, -0.1]);
  });

  it("read when and where a camera was", () => {
    expect(takenOf({ DateTimeOriginal: "2026:11:23 09:00:00", OffsetTimeOriginal: "+08:00" })).toBe(
      NOW,
    );
    expect(takenOf({ DateTimeOriginal: "0000:00:00 00:00:00" })).toBeNull();
    expect(placeOf({ latitude: 0, longitude: 0 })).toBeNull();
    expect(placeOf({ latitude: 26, longitude: 119 })?.source).toBe("photo");
    expect(localTime(0)).toMatch(/^19(70|69)-\d\d-\d\dT\d\d:\d\d:00[+-]\d\d:\d\d$/);
  });

  it("suggest by words first, then by what is reported here", () => {
    const category = (id: number, name_zh: string): Category => ({
      id,
      code: "",
      parent_id: null,
      name_zh,
      name_en: "",
      hint_zh: "",
      hint_en: "",
      icon: "",
      rank: 1,
      needs_photo: false,
    });
    const all: Catalogue["categories"] = [category(1, "暴露垃圾"), category(2, "道路破损")];
    const here = { lat: 26, lon: 119, accuracy: 5, source: "device" as const };
    const habits = learnt({}, 2, here, 0);
    expect(suggested(all, habits, here, "", 0).map((one) => one.category_id)).toEqual([2]);
    expect(suggested(all, habits, here, "门口有垃圾没人清", 0)[0]).toMatchObject({
      category_id: 1,
      because: "words",
    });
  });
});
