import { secretKeyEnding } from "./secretNames.ts";
import { hasUrlSecret } from "./urlSecrets.ts";

const secretKey = new RegExp(`${secretKeyEnding}$`, "i");

/** Texts that are secret under any key: private keys, kubeconfigs. */
const secretText = /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:client-key-data|token|password)["']?:\s*\S/i;

/** Whether the name of a key means a secret: `apiToken`, `caKey`, `tls.key`. The path or name of a secret is none. */
export function isSecretKey(key: string): boolean {
  return secretKey.test(key);
}

/** Whether a member of a mapping is secret: by its key, or as the value of an entry `{name: API_TOKEN, value: ...}`. */
export function isSecretMember(parent: object, key: string): boolean {
  if (Array.isArray(parent)) return false;
  const { name } = parent as { name?: unknown };
  return isSecretKey(key) || (key === "value" && typeof name === "string" && isSecretKey(name));
}

/** Whether a text is secret under any key, or is JSON with a secret. */
export function isSecretText(text: string): boolean {
  return secretText.test(text) || hasUrlSecret(text) || plainSecrets(jsonIn(text)).length > 0;
}

/** The secrets in plain text of a configuration. */
export function plainSecrets(value: unknown, secret = false): string[] {
  if (typeof value === "string") return secret || isSecretText(value) ? [value, ...plainSecrets(jsonIn(value))] : [];
  if (typeof value === "number") return secret ? [String(value)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => plainSecrets(inside, secret || isSecretMember(value, key)));
}

/** The mapping or list in a JSON text; undefined for any other text. */
function jsonIn(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
