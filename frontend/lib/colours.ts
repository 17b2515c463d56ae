// The tokens as the canvas of a map needs them: resolved for the theme that is shown now.
const NAMES = [
  "map-ground", "map-area", "map-border", "map-label", "paper", "surface", "ink", "accent",
  "waiting", "underway", "recheck", "done", "late",
] as const; // biome-ignore format: one table
export type Colours = Record<(typeof NAMES)[number], string>;

export function colours(): Colours {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const found = {} as Colours;
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/** Call back when day becomes night, by switch or by device. Returns how to stop. */
export function onThemeChange(run: () => void): () => void {
  const device = matchMedia("(prefers-color-scheme: dark)");
  document.addEventListener("themechange", run);
  device.addEventListener("change", run);
  return () => {
    document.removeEventListener("themechange", run);
    device.removeEventListener("change", run);
  };
}
