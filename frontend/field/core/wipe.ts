// What is removed from the phone, and when.
import type { Db } from "./db";
import type { Item } from "./types";

const DAY_MS = 24 * 3600 * 1000;

/** What nobody has from us yet and would be missed. */
export const isUnsent = (item: Item) =>
  item.phase !== "sent" && (item.phase !== "draft" || isBegun(item));

export const isBegun = (item: Item) =>
  item.pictures.length > 0 ||
  Object.values(item.given).some((value) => typeof value === "string" && value.trim() !== "");

/** It has arrived, and nothing of it is only here. */
export const isCleared = (item: Item) => item.phase === "sent" && !item.problem;

export async function removeItem(db: Db, id: string): Promise<void> {
  const tx = db.transaction(["items", "bytes"], "readwrite");
  await tx.objectStore("items").delete(id);
  for (const uid of await tx.objectStore("bytes").index("item").getAllKeys(id)) {
    await tx.objectStore("bytes").delete(uid);
  }
  await tx.done;
}

/** Everything of who was signed in. What a resident or somebody else made on this phone stays. */
export async function wipe(db: Db, owner: string): Promise<void> {
  for (const item of await db.getAll("items")) {
    if (owner && item.owner === owner) await removeItem(db, item.id);
  }
  const tx = db.transaction(["tasks", "pictures", "meta"], "readwrite");
  await tx.objectStore("tasks").clear();
  await tx.objectStore("pictures").clear();
  for (const name of ["me", "cursor", "reports", "habits", "pulled"]) {
    await tx.objectStore("meta").delete(name);
  }
  const epoch = (await tx.objectStore("meta").get("epoch")) as number | undefined;
  await tx.objectStore("meta").put((epoch ?? 0) + 1, "epoch");
  await tx.done;
}

/** After the days that the office has set. What was begun or waits to be sent is never touched. */
export async function removeOld(db: Db, days: number, now: number): Promise<boolean> {
  const before = now - days * DAY_MS;
  let removed = false;
  for (const item of await db.getAll("items")) {
    const old = Date.parse(item.sent_at ?? item.changed_at) < before;
    const blank = item.phase === "draft" && !isBegun(item);
    const idle = Date.parse(item.changed_at) < now - DAY_MS;
    if (!(blank && idle) && !(old && item.phase === "sent")) continue;
    await removeItem(db, item.id);
    removed = true;
  }
  const pulled = (await db.get("meta", "pulled")) as string | undefined;
  if (pulled && Date.parse(pulled) < before) {
    const tx = db.transaction(["tasks", "pictures", "meta"], "readwrite");
    await tx.objectStore("tasks").clear();
    await tx.objectStore("pictures").clear();
    for (const name of ["cursor", "reports"]) await tx.objectStore("meta").delete(name);
    await tx.done;
    removed = true;
  }
  return removed;
}

/** Room for what must not be lost: pictures of tasks come again. */
export async function makeRoom(db: Db): Promise<void> {
  await db.clear("pictures");
}
