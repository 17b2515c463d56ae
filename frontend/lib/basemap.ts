// The base map of an office's choice. It is an option: whatever is wrong with it, there is none.
import type { StyleSpecification } from "maplibre-gl";

const PATIENCE_MS = 4000;

/** The style at an address; null where there is none, or nothing that can be one. */
export async function loadBase(url: string): Promise<StyleSpecification | null> {
  if (!url) return null;
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      referrerPolicy: "origin",
    });
    const found: unknown = answer.ok ? await answer.json() : null;
    return isStyle(found) ? found : null;
  } catch {
    return null;
  }
}

export function isStyle(found: unknown): found is StyleSpecification {
  const style = found as StyleSpecification | null;
  const sources = style?.sources as unknown;
  return (
    style?.version === 8 &&
    Array.isArray(style.layers) &&
    style.layers.length > 0 &&
    typeof sources === "object" &&
    sources !== null
  );
}
