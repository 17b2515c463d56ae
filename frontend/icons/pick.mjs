// Copies the outlines named in names.txt from @tabler/icons (MIT) into gulou/ui/icons.json.
// The package is large and needed only here: `npm install --no-save @tabler/icons@3.51.0` first.
import { readFileSync, writeFileSync } from "node:fs";

const here = new URL(".", import.meta.url);
const names = readFileSync(new URL("names.txt", here), "utf8").split(/\s+/).filter(Boolean).sort();
const drawn = {};
for (const name of new Set(names)) {
  const file = new URL(`../node_modules/@tabler/icons/icons/outline/${name}.svg`, here);
  drawn[name] = readFileSync(file, "utf8")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<svg[\s\S]*?>/, "")
    .replace("</svg>", "")
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s*\n\s*/g, "")
    .trim();
}
const target = new URL("../../gulou/ui/icons.json", here);
writeFileSync(target, `${JSON.stringify(drawn, null, 1)}\n`);
console.log(`${Object.keys(drawn).length} icons`);
