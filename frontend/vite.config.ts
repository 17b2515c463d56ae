import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { fieldWorker } from "./build/worker";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const base = "/static/built/";

export default defineConfig({
  base,
  plugins: [vue(), fieldWorker(base)],
  build: {
    outDir: here("../gulou/ui/static/built"),
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: "",
    // What a resident's phone may still run. MapLibre (lazy) needs newer; pages do not need the map.
    target: ["chrome99", "safari15.4", "firefox97"],
    cssTarget: ["chrome99", "safari15.4", "firefox97"],
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: [here("entries/main.ts"), here("field/main.ts")],
    },
  },
  worker: { format: "es" },
  css: { transformer: "lightningcss" },
  test: { environment: "node", include: ["**/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
