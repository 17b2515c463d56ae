// What is kept on the phone. Bytes lie as buffers: Safari has lost blobs that were kept as such.
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { FieldError, type Item } from "./types";
import type { Task } from "./wire";

export interface Bytes {
  uid: string;
  item: string;
  type: string;
  /** Null once the server has them. */
  bytes: ArrayBuffer | null;
  thumb: ArrayBuffer | null;
}

interface Cached {
  address: string;
  type: string;
  bytes: ArrayBuffer;
  at: number;
}

interface Schema extends DBSchema {
  items: { key: string; value: Item };
  bytes: { key: string; value: Bytes; indexes: { item: string } };
  tasks: { key: string; value: Task };
  pictures: { key: string; value: Cached };
  /** Single values by name: who is signed in, the cursor, the catalogue, the camera's chain. */
  meta: { key: string; value: unknown };
}

export type Db = IDBPDatabase<Schema>;
export type ItemsAndBytes = IDBPTransaction<Schema, ("items" | "bytes")[], "readwrite">;
export const NAME = "gulou-field";

/** The database; `lost` is told when another tab has a newer form of it or the browser closed it. */
export async function openDb(name = NAME, lost: () => void = () => undefined): Promise<Db> {
  const db = await openDB<Schema>(name, 1, {
    upgrade(made) {
      made.createObjectStore("items", { keyPath: "id" });
      made.createObjectStore("bytes", { keyPath: "uid" }).createIndex("item", "item");
      made.createObjectStore("tasks", { keyPath: "id" });
      made.createObjectStore("pictures", { keyPath: "address" });
      made.createObjectStore("meta");
    },
    blocking: (_now, _next, event) => {
      (event.target as IDBDatabase).close();
      lost();
    },
    terminated: lost,
  });
  return db;
}

export async function recall<T>(db: Db, name: string): Promise<T | undefined> {
  return (await db.get("meta", name)) as T | undefined;
}

/** How often this phone was wiped: what was asked before a wipe is not kept after it. */
export async function epochOf(db: Db): Promise<number> {
  return (await recall<number>(db, "epoch")) ?? 0;
}

/** What is done with a full disk is said as such. */
export async function kept<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === "QuotaExceededError") {
      throw new FieldError("space.full");
    }
    throw error;
  }
}

/** Change one item in a transaction of its own. `change` answers the new one, or null for no change. */
export async function changeItem(
  db: Db,
  id: string,
  change: (item: Item) => Item | null,
): Promise<Item> {
  const tx = db.transaction("items", "readwrite");
  const item = await tx.store.get(id);
  if (!item) throw new FieldError("item.gone");
  let next: Item | null;
  try {
    next = change(item);
  } catch (error) {
    tx.abort();
    await tx.done.catch(() => undefined);
    throw error;
  }
  if (next) await tx.store.put(next);
  await tx.done;
  return next ?? item;
}
