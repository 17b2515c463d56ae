// What the server has for this phone: laid into the database as it comes, in one transaction.
import type { Db } from "./db";
import type { Item } from "./types";
import type { Pulled, Task } from "./wire";

const OPEN = new Set(["draft", "waiting", "refused"]);

/** Keep what was pulled, unless the phone was wiped since it was asked for. */
export async function keepPulled(db: Db, pulled: Pulled, epoch: number): Promise<void> {
  const tx = db.transaction(["tasks", "meta", "items"], "readwrite");
  const [tasks, meta] = [tx.objectStore("tasks"), tx.objectStore("meta")];
  if (((await meta.get("epoch")) ?? 0) !== epoch) return tx.done;
  if (pulled.whole) await tasks.clear();
  for (const id of pulled.gone) await tasks.delete(id);
  for (const task of pulled.tasks) await tasks.put(task);
  if (pulled.catalogue) await meta.put(pulled.catalogue, "catalogue");
  if (pulled.reports) await meta.put(pulled.reports, "reports");
  await meta.put(pulled.cursor, "cursor");
  await meta.put(pulled.server_time, "pulled");
  const now = new Map((await tasks.getAll()).map((task) => [task.id, task]));
  for (const item of await tx.objectStore("items").getAll()) {
    const behind = standing(item, now);
    if (behind !== item.behind) await tx.objectStore("items").put({ ...item, behind });
  }
  await tx.done;
}

/** Whether the task of an unsent item is still as it was when it began. */
export function standing(item: Item, tasks: Map<string, Task>): Item["behind"] {
  if (!item.task || !OPEN.has(item.phase)) return "";
  const task = tasks.get(item.task);
  if (!task) return "gone";
  return task.version === item.version ? "" : "moved";
}

const MOST = 400;

/** Fetch pictures of tasks ahead, the most urgent first, and let go those of tasks that are gone. */
export async function keepPictures(
  db: Db,
  tasks: Task[],
  fetched: (address: string) => Promise<Blob | null>,
): Promise<void> {
  const wanted = tasks.flatMap((task) =>
    [...task.before, ...task.after].flatMap((one) => [one.thumb, one.medium]),
  );
  const keep = new Set(wanted.slice(0, MOST));
  const have = new Set(await db.getAllKeys("pictures"));
  for (const address of have) if (!keep.has(address)) await db.delete("pictures", address);
  for (const address of keep) {
    if (have.has(address)) continue;
    if (!(await fetched(address))) return;
  }
}
