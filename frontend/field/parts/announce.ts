// Says aloud and at the foot of the page what becomes of what was sent, on whichever screen one is.
import type { Field, Item } from "../core";
import { titleOf } from "../field";
import { t } from "../words";
import { say } from "./say";

const TOLD = { sent: "itemDone", refused: "itemRefused", changed: "itemChanged" } as const;

/** Answers how to stop. */
export function announce(field: Field): () => void {
  let before = new Map<string, Item["phase"]>();
  return field.items.subscribe((items) => {
    for (const item of items) {
      const was = before.get(item.id);
      if (was === undefined || was === item.phase || was === "draft") continue;
      if (!(item.phase in TOLD)) continue;
      const key = TOLD[item.phase as keyof typeof TOLD];
      say(t(key, { what: titleOf(item, field.catalogue.get()) }), 6);
    }
    before = new Map(items.map((item) => [item.id, item.phase]));
  });
}
