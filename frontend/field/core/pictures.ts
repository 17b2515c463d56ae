// A photo before it is sent: place and time read, scaled, fingerprinted. One at a time: phones have little memory.
import { sha256 } from "./hash";
import { FieldError, type Place } from "./types";

export interface Prepared {
  bytes: ArrayBuffer;
  type: string;
  width: number | null;
  height: number | null;
  sha256: string;
  taken: string | null;
  place: Place | null;
  thumb: ArrayBuffer | null;
}

export interface Limits {
  edge: number;
  bytes: number;
}

const QUALITY = 0.85;
const THUMB_EDGE = 240;
/** A JPEG of this many bytes for each of its pixels is well packed already. */
const LEAN = 0.5;

let turn: Promise<unknown> = Promise.resolve();

/** `asTaken`: from our own camera view, which made it of the right size. */
export function prepare(file: Blob, limits: Limits, asTaken = false): Promise<Prepared> {
  const mine = turn.then(() => prepared(file, limits, asTaken));
  turn = mine.catch(() => undefined);
  return mine;
}

async function prepared(file: Blob, limits: Limits, asTaken: boolean): Promise<Prepared> {
  if (!file.size) throw new FieldError("picture.unreadable");
  const told = await exifOf(file);
  const image = await opened(file);
  let sent = file;
  let [width, height] = image ? [image.width, image.height] : [null, null];
  let thumb: ArrayBuffer | null = null;
  if (image) {
    try {
      if (!asTaken && !lean(file, image, limits)) {
        const smaller = await drawn(image, limits.edge, QUALITY);
        if (smaller) ({ blob: sent, width, height } = smaller);
      }
      const small = await drawn(image, THUMB_EDGE, 0.7);
      thumb = small ? await small.blob.arrayBuffer() : null;
    } finally {
      image.close();
    }
  }
  if (sent.size > limits.bytes) throw new FieldError("picture.too_large");
  const bytes = await sent.arrayBuffer();
  // What the browser cannot open (HEIC in most) goes as it is: the server can.
  const type = sent.type || "application/octet-stream";
  return { bytes, type, width, height, thumb, ...told, sha256: await sha256(bytes) };
}

function lean(file: Blob, image: Opened, { edge }: Limits): boolean {
  const fits = Math.max(image.width, image.height) <= edge;
  return fits && file.type === "image/jpeg" && file.size <= image.width * image.height * LEAN;
}

interface Opened {
  source: CanvasImageSource;
  width: number;
  height: number;
  close: () => void;
}

async function opened(file: Blob): Promise<Opened | null> {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const { width, height } = image;
    return { source: image, width, height, close: () => image.close() };
  } catch {
    return byElement(file);
  }
}

function byElement(file: Blob): Promise<Opened | null> {
  if (typeof Image === "undefined") return Promise.resolve(null);
  const url = URL.createObjectURL(file);
  const image = new Image();
  const close = () => URL.revokeObjectURL(url);
  return new Promise((found) => {
    image.onload = () =>
      found({ source: image, width: image.naturalWidth, height: image.naturalHeight, close });
    image.onerror = () => {
      close();
      found(null);
    };
    image.src = url;
  });
}

async function drawn(image: Opened, edge: number, quality: number) {
  const by = Math.min(1, edge / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * by));
  const height = Math.max(1, Math.round(image.height * by));
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const brush = canvas.getContext("2d");
  if (!brush) return null;
  brush.imageSmoothingQuality = "high";
  // Transparent places become white, not black.
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, width, height);
  brush.drawImage(image.source, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((made) => canvas.toBlob(made, "image/jpeg", quality));
  // The memory of a canvas is given back late unless it is made small.
  canvas.width = canvas.height = 0;
  return blob && { blob, width, height };
}

/** Where and when, as the camera wrote it into the file. Scaling would lose it. */
async function exifOf(file: Blob): Promise<{ taken: string | null; place: Place | null }> {
  try {
    const { default: exifr } = await import("exifr/dist/lite.esm.mjs");
    const found = await exifr.parse(file, {
      pick: [
        "DateTimeOriginal",
        "OffsetTimeOriginal",
        "GPSLatitude",
        "GPSLongitude",
        "GPSLatitudeRef",
        "GPSLongitudeRef",
        "GPSHPositioningError",
      ],
      reviveValues: false,
    });
    return { taken: takenOf(found ?? {}), place: placeOf(found ?? {}) };
  } catch {
    return { taken: null, place: null };
  }
}

type Exif = Record<string, unknown>;

/** "2026:11:23 09:00:00", with the camera's offset or else the phone's. */
export function takenOf(exif: Exif): string | null {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(String(exif.DateTimeOriginal ?? ""));
  if (!found || found[1] === "0000") return null;
  const local = `${found[1]}-${found[2]}-${found[3]}T${found[4]}`;
  const offset = /^[+-]\d\d:\d\d$/.exec(String(exif.OffsetTimeOriginal ?? ""))?.[0];
  const at = new Date(offset ? local + offset : local);
  if (Number.isNaN(at.getTime())) return null;
  return offset ? local + offset : at.toISOString();
}

export function placeOf(exif: Exif): Place | null {
  const { latitude: lat, longitude: lon, GPSHPositioningError: error } = exif;
  if (typeof lat !== "number" || typeof lon !== "number") return null;
  if (!Number.isFinite(lat) || !Number.isFinite(lon) || (lat === 0 && lon === 0)) return null;
  return { lat, lon, accuracy: typeof error === "number" ? error : null, source: "photo" };
}
