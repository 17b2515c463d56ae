import { readFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";
import { expect, it } from "vitest";

it("has the types of the server's contract as it is now: npm run contract", async () => {
  const at = new URL("./openapi.json", import.meta.url);
  const made = astToString(await openapi(at));
  const kept = readFileSync(new URL("./schema.d.ts", import.meta.url), "utf8");
  const bare = (text: string) => text.replace(/\/\*\*[\s\S]*?\*\//g, "").replace(/[\s;|]+/g, " ");
  expect(bare(kept)).toContain(bare(made).trim());
});
