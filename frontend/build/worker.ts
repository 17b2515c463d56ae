// Builds the field app's service worker after everything else, for it names what was built.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rollup } from "vite";

const ENTRY = "field/main.ts";
/** Large, and only for the map: the browser's own cache has it. */
const NOT_KEPT = /^maps-|maplibre/;

export function fieldWorker(base: string): Plugin {
  const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
  return {
    name: "field-worker",
    apply: "build",
    async writeBundle(options, bundle) {
      const files = filesOf(bundle);
      if (!files.length) return;
      const named = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 16);
      await build({
        configFile: false,
        logLevel: "warn",
        define: {
          __FIELD_FILES__: JSON.stringify(files.map((file) => base + file)),
          __FIELD_BUILD__: JSON.stringify(named),
          "process.env.NODE_ENV": '"production"',
        },
        build: {
          outDir: options.dir ?? "",
          emptyOutDir: false,
          copyPublicDir: false,
          target: ["chrome99", "safari15.4", "firefox97"],
          rollupOptions: {
            input: here("field/core/sw.ts"),
            output: { format: "iife", entryFileNames: "field-sw.js", codeSplitting: false },
          },
        },
      } as Parameters<typeof build>[0]);
    },
  };
}

/** Scripts and styles that the app loads at once or later, without what is not kept. */
function filesOf(bundle: Rollup.OutputBundle): string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    const chunk = bundle[file];
    if (found.has(file) || chunk?.type !== "chunk" || NOT_KEPT.test(file)) return;
    found.add(file);
    for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
    for (const next of [...chunk.imports, ...chunk.dynamicImports]) visit(next);
  };
  for (const chunk of Object.values(bundle)) {
    if (chunk.type === "chunk" && chunk.facadeModuleId?.endsWith(ENTRY)) visit(chunk.fileName);
  }
  return [...found].sort();
}
