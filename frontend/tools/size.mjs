// What the field app weighs, gzipped: at first load, and with every screen. The map comes on demand.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUILT = new URL("../../gulou/ui/static/built/", import.meta.url);
const MOST = 180_000;
const ENTRY = "field/main.ts";
const ON_DEMAND = /maps\.ts|maplibre/;

const manifest = JSON.parse(readFileSync(new URL("manifest.json", BUILT), "utf8"));
const weight = (keys) =>
  [...keys].reduce((sum, key) => {
    const file = readFileSync(new URL(manifest[key].file, BUILT));
    return sum + gzipSync(file, { level: 9 }).length;
  }, 0);

function reached(keys, found, lazily) {
  for (const key of keys) {
    if (found.has(key) || ON_DEMAND.test(key)) continue;
    found.add(key);
    const { imports = [], dynamicImports = [] } = manifest[key];
    reached(lazily ? [...imports, ...dynamicImports] : imports, found, lazily);
  }
  return found;
}

const first = weight(reached([ENTRY], new Set(), false));
const all = weight(reached([ENTRY], new Set(), true));
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`first load ${kB(first)} of ${kB(MOST)}; with every screen but the map ${kB(all)}`);
if (first > MOST) process.exit(1);
