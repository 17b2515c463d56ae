// How much room there is, and asking the browser to keep what is ours.
import type { Space } from "./types";

export async function spaceNow(full: boolean): Promise<Space> {
  const storage = globalThis.navigator?.storage as StorageManager | undefined;
  const told = await storage?.estimate?.().catch(() => undefined);
  const persisted = (await storage?.persisted?.().catch(() => false)) ?? false;
  return { used: told?.usage ?? 0, quota: told?.quota ?? 0, persisted, full };
}

export async function persist(): Promise<boolean> {
  const storage = globalThis.navigator?.storage as StorageManager | undefined;
  return (await storage?.persist?.().catch(() => false)) ?? false;
}
