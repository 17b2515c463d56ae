// WebAuthn speaks in bytes, servers in base64url: what goes in and out, translated.

const BYTES = ["challenge", "id"] as const;

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

export function textOf(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The options as the browser takes them: challenge and every id in bytes, at any depth. */
export function toBrowser(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toBrowser);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isBytes(key, inner, value) ? bytesOf(inner as string) : toBrowser(inner),
    ]),
  );
}

function isBytes(key: string, inner: unknown, around: object): boolean {
  // The id of the site itself (`rp.id`) is its name: it has no type and no displayName beside it.
  const named = key === "id" && !("type" in around) && !("displayName" in around);
  return typeof inner === "string" && !named && (BYTES as readonly string[]).includes(key);
}

/** What the authenticator answered, as the server reads it. */
export function toServer(credential: PublicKeyCredential): string {
  const answer = credential.response as AuthenticatorAttestationResponse &
    AuthenticatorAssertionResponse;
  const parts = [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ] as const;
  const response = Object.fromEntries(
    parts.flatMap((part) => (answer[part] ? [[part, textOf(answer[part] as ArrayBuffer)]] : [])),
  );
  return JSON.stringify({
    type: credential.type,
    id: credential.id,
    rawId: textOf(credential.rawId),
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}
