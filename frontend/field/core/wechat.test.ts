import { expect, test, vi } from "vitest";
import { toGcj02 } from "./place";
import { locateByWechat } from "./wechat";

const AT = [26.08, 119.29] as const;

function sdk(answers: "success" | "fail") {
  const [latitude, longitude] = toGcj02(...AT);
  const config = vi.fn();
  const wx = {
    config,
    ready: (then: () => void) => then(),
    error: () => undefined,
    getLocation: (asked: Record<string, (found: object) => void>) =>
      asked[answers]?.({ latitude, longitude, accuracy: "30" }),
  };
  return { config, load: async () => wx as never };
}
const sign = async () => ({ appid: "wx1", timestamp: 7, nonce: "n", signature: "s" });

test("WeChat tells the place in GCJ-02, and the app keeps WGS84; a refusal is no place", async () => {
  vi.stubGlobal("location", { href: "https://a.example/field/?x=1#there" });
  const { config, load } = sdk("success");
  const signed = vi.fn(sign);
  const place = await locateByWechat(signed, load);
  expect(signed).toHaveBeenCalledWith("https://a.example/field/?x=1");
  expect(config).toHaveBeenCalledWith(
    expect.objectContaining({ appId: "wx1", nonceStr: "n", signature: "s", timestamp: 7 }),
  );
  expect([place.lat.toFixed(5), place.lon.toFixed(5)]).toEqual(["26.08000", "119.29000"]);
  expect([place.accuracy, place.source]).toEqual([30, "wechat"]);
  vi.resetModules();
  const anew = await import("./wechat");
  await expect(anew.locateByWechat(sign, sdk("fail").load)).rejects.toThrow("place.unavailable");
});
