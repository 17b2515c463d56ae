// SHA-256 in hex. Pages without https have no crypto.subtle; they get the same from a few lines.

export async function sha256(bytes: BufferSource): Promise<string> {
  if (globalThis.crypto?.subtle) return hex(await crypto.subtle.digest("SHA-256", bytes));
  return hex(plain(new Uint8Array(ArrayBuffer.isView(bytes) ? bytes.buffer : bytes)));
}

export const sha256Text = (text: string) => sha256(new TextEncoder().encode(text));

const hex = (digest: ArrayBuffer | Uint8Array) =>
  Array.from(new Uint8Array(digest), (one) => one.toString(16).padStart(2, "0")).join("");

/** A random id (version 4), without https too. */
export function uuid(): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = ((b[6] as number) & 0x0f) | 0x40;
  b[8] = ((b[8] as number) & 0x3f) | 0x80;
  return hex(b).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** FIPS 180-4; the constants are the roots of the first primes, as there. */
export function plain(message: Uint8Array): Uint8Array {
  const [K, H] = constants();
  const length = message.length;
  const padded = new Uint8Array((((length + 8) >> 6) + 1) << 6);
  padded.set(message);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 0x20000000));
  view.setUint32(padded.length - 4, length << 3);
  const w = new Int32Array(64);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + i * 4);
    for (let i = 16; i < 64; i++) {
      const [x, y] = [w[i - 15] as number, w[i - 2] as number];
      const low = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
      const high = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
      w[i] = ((w[i - 16] as number) + low + (w[i - 7] as number) + high) | 0;
    }
    let [a, b, c, d, e, f, g, h] = H as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let i = 0; i < 64; i++) {
      const high = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const first = (h + high + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0;
      const low = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const second = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    for (const [i, one] of [a, b, c, d, e, f, g, h].entries()) H[i] = ((H[i] as number) + one) | 0;
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (const [i, one] of H.entries()) digest.setInt32(i * 4, one);
  return new Uint8Array(digest.buffer);
}

const turn = (x: number, by: number) => (x >>> by) | (x << (32 - by));

function constants(): [Int32Array, Int32Array] {
  const [K, H] = [new Int32Array(64), new Int32Array(8)];
  let found = 0;
  for (let n = 2; found < 64; n++) {
    let prime = true;
    for (let by = 2; by * by <= n; by++) if (n % by === 0) prime = false;
    if (!prime) continue;
    if (found < 8) H[found] = fraction(n ** (1 / 2));
    K[found++] = fraction(n ** (1 / 3));
  }
  return [K, H];
}

const fraction = (root: number) => ((root % 1) * 0x100000000) | 0;
