// One tab at a time does what must not be done twice.
import { type Db, recall } from "./db";

const LEASE_MS = 20_000;
const RENEW_MS = 6000;

interface Lease {
  holder: string;
  until: number;
}

/** Run `work` if nobody else does; answers whether it ran. */
export async function alone(db: Db, name: string, work: () => Promise<void>): Promise<boolean> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (!locks) return byLease(db, name, work);
  return locks.request(`gulou-${name}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return false;
    await work();
    return true;
  });
}

/** Where the browser has no locks: a lease that its holder renews; one who was killed loses it. */
export async function byLease(db: Db, name: string, work: () => Promise<void>): Promise<boolean> {
  const holder = crypto.getRandomValues(new Uint32Array(4)).join("-");
  if (!(await take(db, name, holder))) return false;
  const renewing = setInterval(() => void take(db, name, holder), RENEW_MS);
  try {
    await work();
    return true;
  } finally {
    clearInterval(renewing);
    const held = await recall<Lease>(db, `lease-${name}`);
    if (held?.holder === holder) await db.delete("meta", `lease-${name}`);
  }
}

async function take(db: Db, name: string, holder: string): Promise<boolean> {
  const tx = db.transaction("meta", "readwrite");
  const held = (await tx.store.get(`lease-${name}`)) as Lease | undefined;
  const free = !held || held.holder === holder || held.until < Date.now();
  if (free) await tx.store.put({ holder, until: Date.now() + LEASE_MS }, `lease-${name}`);
  await tx.done;
  return free;
}
