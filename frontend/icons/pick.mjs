// Copies the outlines named in names.txt from @tabler/icons (MIT) into gulou/ui/icons.json, and those
// that the field app uses (field/parts/icons.txt) from there into its own small file.
// The package is large and needed only here: `npm install --no-save @tabler/icons@3.51.0` first.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL(".", import.meta.url);
const listed = (path) =>
  readFileSync(new URL(path, here), "utf8").split(/\s+/).filter(Boolean).sort();
const from = process.env.TABLER ?? "../node_modules/@tabler/icons";
const target = new URL("../../gulou/ui/icons.json", here);
const drawn = JSON.parse(readFileSync(target, "utf8"));
for (const name of new Set(listed("names.txt"))) {
  const file = new URL(`${from}/icons/outline/${name}.svg`, here);
  if (name in drawn && !existsSync(file)) continue;
  drawn[name] = readFileSync(file, "utf8")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<svg[\s\S]*?>/, "")
    .replace("</svg>", "")
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s*\n\s*/g, "")
    .trim();
}
const write = (path, names) => {
  const chosen = Object.fromEntries([...names].sort().map((name) => [name, drawn[name]]));
  writeFileSync(path, `${JSON.stringify(chosen, null, 1)}\n`);
  console.log(`${Object.keys(chosen).length} icons`);
};
write(target, new Set(listed("names.txt")));
write(new URL("../field/parts/icons.json", here), new Set(listed("../field/parts/icons.txt")));
