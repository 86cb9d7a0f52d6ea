/** What stands in the place of a secret. */
export const masked = "[secret]";

/** Pulumi's mark of a secret in a state, and the value that goes with it. https://www.pulumi.com/docs/iac/concepts/secrets/ */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Shorter texts than this are no secrets worth the name, and masking them would blacken ordinary words. */
const shortest = 6;

/**
 * Secret texts in a value read with its secrets in clear: everything inside Pulumi's secret envelopes. A secret that is
 * JSON or YAML-like text counts whole and by its parts, because a diff may show a part only.
 */
export function secretsIn(value: unknown): Set<string> {
  const found = new Set<string>();
  const walk = (node: unknown, secret: boolean): void => {
    if (typeof node === "string") {
      if (secret) textsOf(node).forEach((t) => found.add(t));
    } else if (Array.isArray(node)) node.forEach((n) => walk(n, secret));
    else if (typeof node === "object" && node !== null) {
      const envelope = node as Record<string, unknown>;
      if (envelope[signatureKey] !== secretSignature) Object.values(envelope).forEach((n) => walk(n, secret));
      else if (typeof envelope["plaintext"] === "string") walk(parsed(envelope["plaintext"]), true);
      else walk(envelope["value"], true);
    }
  };
  walk(value, false);
  return found;
}

/** A secret text and the parts of it that are secret by themselves: long lines, and values of the JSON or YAML it holds. */
export function textsOf(text: string): string[] {
  const parts = new Set([text, text.trim()]);
  const inside = parsed(text);
  if (typeof inside === "object") JSON.stringify(inside, (_, v) => (typeof v === "string" && isTelling(v) && parts.add(v), v));
  for (const line of text.split("\n")) {
    const value = line.replace(/^\s*(-\s+)?([\w.-]+:\s+)?["']?/, "").replace(/["',]*\s*$/, "");
    if (isTelling(value)) parts.add(value);
  }
  return [...parts].filter((p) => p.length >= shortest);
}

/** Replaces every one of the secrets in a text, longest first; also in the forms that JSON and base64 give it. */
export function maskText(text: string, secrets: Iterable<string>): string {
  const forms = new Set<string>();
  for (const secret of secrets) {
    forms.add(secret);
    forms.add(JSON.stringify(secret).slice(1, -1));
    forms.add(Buffer.from(secret).toString("base64"));
  }
  return [...forms].sort((a, b) => b.length - a.length).reduce((left, form) => left.replaceAll(form, masked), text);
}

/** Replaces the secrets in every text of a value. */
export function maskValue<T>(value: T, secrets: Iterable<string>): T {
  const all = [...secrets];
  const walk = (node: unknown): unknown => {
    if (typeof node === "string") return maskText(node, all);
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node === "object" && node !== null) return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, walk(v)]));
    return node;
  };
  return walk(value) as T;
}

/** Short names and addresses inside a secret are none; keys, tokens and the bodies of certificates are. */
function isTelling(text: string): boolean {
  return text.length >= 16 && !/^(https?:\/\/|spiffe:\/\/|-----)/.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
