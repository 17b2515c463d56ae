// Where the phone is, by WeChat's own interface: the best that its built-in browser has. It answers
// in GCJ-02, which is turned back. https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html
import { fromGcj02 } from "./place";
import { FieldError, type Place } from "./types";
import type { Signed } from "./wire";

const SCRIPT = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js";
const PATIENCE_MS = 8000;

interface Found {
  latitude: number | string;
  longitude: number | string;
  accuracy: number | string;
}
interface Sdk {
  config(with_: object): void;
  ready(then: () => void): void;
  error(then: () => void): void;
  getLocation(asked: {
    type: "gcj02";
    success: (found: Found) => void;
    fail: () => void;
    cancel: () => void;
  }): void;
}
export type Sign = (url: string) => Promise<Signed>;

let begun: Promise<Sdk> | undefined;

export const insideWechat = () => /MicroMessenger/i.test(globalThis.navigator?.userAgent ?? "");

/** Raises FieldError where WeChat does not tell. */
export async function locateByWechat(sign: Sign, load = sdk): Promise<Place> {
  begun ??= ready(sign, load);
  begun.catch(() => {
    begun = undefined;
  });
  const wx = await begun;
  return within(
    new Promise((told, failed) => {
      wx.getLocation({
        type: "gcj02",
        success: (found) => told(placeOf(found)),
        fail: () => failed(new FieldError("place.unavailable")),
        cancel: () => failed(new FieldError("place.denied")),
      });
    }),
  );
}

/** The page as it was opened is what is signed: iOS knows no other address of it. */
async function ready(sign: Sign, load: () => Promise<Sdk>): Promise<Sdk> {
  const [wx, { appid, timestamp, nonce, signature }] = await Promise.all([
    load(),
    sign(location.href.split("#")[0] as string),
  ]);
  wx.config({
    appId: appid, timestamp, nonceStr: nonce, signature, jsApiList: ["getLocation"],
  }); // biome-ignore format: one line
  await within(
    new Promise<void>((done, failed) => {
      wx.ready(done);
      wx.error(() => failed(new FieldError("place.unavailable")));
    }),
  );
  return wx;
}

function placeOf(found: Found): Place {
  const [lat, lon] = fromGcj02(Number(found.latitude), Number(found.longitude));
  if (!Number.isFinite(lat) || !Number.isFinite(lon)) throw new FieldError("place.unavailable");
  const accuracy = Number(found.accuracy);
  return {
    lat, lon, accuracy: accuracy > 0 ? accuracy : null, source: "wechat",
  }; // biome-ignore format: one line
}

function sdk(): Promise<Sdk> {
  return within(
    new Promise((loaded, failed) => {
      const script = document.createElement("script");
      script.src = SCRIPT;
      script.onload = () => loaded((globalThis as unknown as { wx: Sdk }).wx);
      script.onerror = () => failed(new FieldError("place.unavailable"));
      document.head.append(script);
    }),
  );
}

function within<T>(work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, failed) =>
    setTimeout(() => failed(new FieldError("place.timeout")), PATIENCE_MS),
  );
  return Promise.race([work, late]);
}
