import { expect, test } from "vitest";
import { bytesOf, textOf, toBrowser } from "./passkeys";

test("bytes survive the way there and back", () => {
  for (const text of ["AA", "-_8", "c29tZXRoaW5n"]) expect(textOf(bytesOf(text).buffer)).toBe(text);
});

test("challenge and ids become bytes, the name of the site stays", () => {
  const given = {
    publicKey: {
      challenge: "AAEC",
      rp: { id: "gulou.example", name: "Gulou" },
      user: { id: "NQ", name: "lin", displayName: "Lin" },
      allowCredentials: [{ type: "public-key", id: "AQID" }],
      timeout: 60000,
    },
  };
  const made = toBrowser(given) as typeof given;
  expect(made.publicKey.challenge).toEqual(new Uint8Array([0, 1, 2]));
  expect(made.publicKey.user.id).toEqual(new Uint8Array([53]));
  expect(made.publicKey.allowCredentials[0]?.id).toEqual(new Uint8Array([1, 2, 3]));
  expect(made.publicKey.rp.id).toBe("gulou.example");
  expect(made.publicKey.timeout).toBe(60000);
});
