import { isSecretKey, isSecretMember } from "./secretKeys.ts";
import { secretKeyEnding } from "./secretNames.ts";
import { maskUrls, secretsInUrls } from "./urlSecrets.ts";

/** The replacement of a secret. */
export const masked = "[secret]";

/** Pulumi's marker of a secret in a state, and its value. https://www.pulumi.com/docs/iac/concepts/secrets/ */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Texts of this length and more are masked everywhere. Masks of shorter texts would hide parts of ordinary words. */
const anywhere = 6;

/** Texts of this length and more are masked as whole words; shorter texts only as the value of a secret key. */
const asWord = 4;

/**
 * Secret texts in a value with decrypted secrets: everything inside Pulumi's secret envelopes. Of a secret in JSON or
 * YAML the parts are secret too, because a diff can show a part only.
 */
export function secretsIn(value: unknown): Set<string> {
  const found = new Set<string>();
  // Short texts in a secret object are mostly names and versions, unless they are a whole secret or have a secret key.
  const walk = (node: unknown, secret: boolean, whole: boolean): void => {
    if (typeof node === "string" || typeof node === "number") {
      if (secret)
        textsOf(String(node))
          .filter((t) => whole || t.length >= anywhere)
          .forEach((t) => found.add(t));
    } else if (typeof node === "object" && node !== null) {
      const envelope = node as Record<string, unknown>;
      if (envelope[signatureKey] !== secretSignature)
        return Object.entries(node).forEach(([key, n]) => walk(n, secret, isSecretMember(node, key)));
      const plaintext = typeof envelope["plaintext"] === "string" ? parsed(envelope["plaintext"]) : envelope["value"];
      walk(plaintext, true, true);
    }
  };
  walk(value, false, false);
  return found;
}

/**
 * A secret text and its secret parts: long lines, values of the JSON or YAML that it has, secrets of its URLs, and what
 * it is the URL or base64 encoding of.
 */
export function textsOf(text: string): string[] {
  const parts = new Set([text, text.trim(), ...secretsInUrls(text), ...decodedForms(text.trim())]);
  const inside = parsed(text);
  if (typeof inside === "object")
    JSON.stringify(
      inside,
      (key, v) => (typeof v === "string" && (isSecretPart(v) || isSecretKey(key)) && parts.add(v), v),
    );
  for (const line of text.split(/\r?\n/)) {
    const [, key = "", quoted = ""] = /^\s*(?:-\s+)?(?:([\w.-]+):\s+)?([^]*)$/.exec(line)!;
    const value = quoted.replace(/^["']/, "").replace(/["',]*\s*$/, "");
    if (isSecretPart(value) || isSecretKey(key)) parts.add(value);
  }
  return [...parts].filter((p) => p !== "");
}

/**
 * Replaces all secrets in a text, the longest first; also as JSON, URLs, base64 and base64url write them, alone or
 * inside a longer text. For short secrets see {@link anywhere} and {@link asWord}.
 */
export function maskText(text: string, secrets: Iterable<string>): string {
  return masker(secrets)(text);
}

/** Replaces the secrets in every text of a value, as {@link maskText} does. */
export function maskValue<T>(value: T, secrets: Iterable<string>): T {
  const mask = masker(secrets);
  const walk = (node: unknown): unknown => {
    if (typeof node === "string") return mask(node);
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node === "object" && node !== null)
      return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, walk(v)]));
    return node;
  };
  return walk(value) as T;
}

function masker(secrets: Iterable<string>): (text: string) => string {
  const forms = [...new Set([...secrets].flatMap(formsOf))].filter(Boolean).sort((a, b) => b.length - a.length);
  const patterns = forms.map((form) => (form.length < anywhere ? patternOf(form) : form));
  const known = (text: string): string =>
    patterns.reduce<string>((left, pattern) => left.replaceAll(pattern, masked), text);
  return (text) => maskUrls(known(text), masked);
}

/** A short text as a word, or as the value of a secret key: `token: abc`, `"token":"abc"`, `token=abc`. */
function patternOf(form: string): RegExp {
  const literal = form.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const before = form.length < asWord ? `(?<=${secretKeyEnding}(?:["']?\\s*[:=]\\s*["']?|\\s+["']))` : "(?<![a-z0-9])";
  return new RegExp(`${before}${literal}(?![a-z0-9])`, "gi");
}

/** The forms of a secret in a text. */
function formsOf(secret: string): string[] {
  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  // UTF-8 replaces lone surrogates, which no URL can have.
  const bytes = Buffer.from(secret);
  const component = encodeURIComponent(bytes.toString());
  // Go's encoders write the rest of the reserved characters too, and of a user's password not all of them.
  const strict = component.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const user = strict.replace(/%(?:24|26|2B|2C|3B|3D)/g, decodeURIComponent);
  const urls = [encodeURI(bytes.toString()), component, strict, user, encodeURIComponent(strict)].flatMap((url) => [
    url,
    url.replaceAll("%20", "+"),
  ]);
  const base64 = [
    bytes.toString("base64"),
    bytes.toString("base64").replace(/=+$/, ""),
    ...(bytes.length >= anywhere ? [0, 1, 2].map((before) => base64Inside(bytes, before)) : []),
  ];
  return [
    ...[secret, json(secret), json(json(secret))],
    ...urls.flatMap((url) => [url, url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]),
    ...base64.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]),
  ];
}

/** The texts that a text is the encoding of: in URLs, in base64, and the password of `user:password` in base64. */
function decodedForms(text: string): string[] {
  const forms: string[] = [];
  try {
    forms.push(decodeURIComponent(text));
  } catch {
    // No URL encoding.
  }
  const plain = /^[\w+/-]{8,}={0,2}$/.test(text) ? Buffer.from(text, "base64").toString() : "";
  // A text that is no base64 decodes to bytes that are no text.
  if (plain.length >= anywhere && !/[\p{Cc}\ufffd]/u.test(plain.trim()))
    forms.push(plain, plain.trim(), ...(/^[^\s:]+:(\S{4,})\s*$/.exec(plain)?.slice(1) ?? []));
  return forms;
}

/** The base64 characters that depend only on these bytes, after so many other bytes (modulo 3). */
function base64Inside(bytes: Buffer, before: number): string {
  const all = Buffer.concat([Buffer.alloc(before), bytes]);
  return all.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((all.length * 8) / 6));
}

/** Whether a part of a secret is secret: keys, tokens and certificates are, short names and addresses are not. */
function isSecretPart(text: string): boolean {
  return text.length >= 16 && !/^(https?:\/\/|spiffe:\/\/|-----)/.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
