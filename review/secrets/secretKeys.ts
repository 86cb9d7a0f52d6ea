/** How the names of keys end whose values are secret by what they mean, whether or not anybody encrypted them; of a case-blind pattern. */
export const secretKeyEnding =
  "(?:kube[_.-]?config|ca[_.-]?material|token|passw(?:or)?d|passphrase|secret|credential|private[_.-]?key|(?:ca|api|access|client|signing|encryption|server|tls|ssh)[_.-]?key|key[_.-]?data|key[_.-]?pem|bearer|authorization|docker[_.-]?config[_.-]?json)s?";

const secretKey = new RegExp(`${secretKeyEnding}$`, "i");

/** Texts that are secret under whatever key: private keys, URLs with a password in them, kubeconfigs. */
const secretText =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|^[a-z][\w+.-]*:\/\/[^/\s@]*:[^/\s@]+@|\b(?:client-key-data|token|password)["']?:\s*\S/i;

/** Whether a key's value is secret by what the key means: `apiToken`, `caKey`, `tls.key`. A path to one, or its name, is not. */
export function isSecretKey(key: string): boolean {
  return secretKey.test(key);
}

/** Whether a member of a mapping is secret: by its key, or as the value of an entry `{name: API_TOKEN, value: ...}`. */
export function isSecretMember(parent: object, key: string): boolean {
  if (Array.isArray(parent)) return false;
  const { name } = parent as { name?: unknown };
  return isSecretKey(key) || (key === "value" && typeof name === "string" && isSecretKey(name));
}

/** Whether a text is secret by itself, or as JSON that holds something secret. */
export function isSecretText(text: string): boolean {
  return secretText.test(text) || plainSecrets(jsonIn(text)).length > 0;
}

/** The plain texts of a configuration that are secret by what they mean, to be masked wherever they appear. */
export function plainSecrets(value: unknown, secret = false): string[] {
  if (typeof value === "string") return secret || isSecretText(value) ? [value, ...plainSecrets(jsonIn(value))] : [];
  if (typeof value === "number") return secret ? [String(value)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => plainSecrets(inside, secret || isSecretMember(value, key)));
}

/** The mapping or list that a text is as JSON; undefined for any other text. */
function jsonIn(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
