import { ifKnown } from "../values.ts";
import { is, resourceRule, type Finding, type Resource } from "../rule.ts";

/** The first line of a private key that is not encrypted: PKCS #8, PKCS #1, SEC 1, OpenSSH. */
const privateKey = /-----BEGIN (?!ENCRYPTED )(?:[A-Z0-9]+ )*PRIVATE KEY-----/;

/** Base64 of a text that begins with the first line of a PEM block. */
const encoded = /LS0tLS1CRUdJTi[A-Za-z0-9+/]{20,}={0,2}/g;

/** Kinds that are for keys: their content is not in plain text in a cluster, or in a state. */
const forKeys = [
  ["", "Secret"],
  ["helm.sh", "Release"],
  ["helm.sh", "Chart"],
] as const;

export const plainPrivateKeys = resourceRule(
  "no-plain-private-key",
  "No private key is in plain text, in a cluster outside of a Secret, or in a state: whoever reads it can act as its " +
    "owner, and with a CA's key as every workload.",
  (resource) => (isLookedAt(resource) ? keysIn(resource.props) : []),
);

/**
 * Kubernetes objects but Secrets, whatever Pulumi knows of their values. The engine hands secrets to a pack as plain
 * values, so that other resources can be judged only where secrets are masked.
 */
function isLookedAt(resource: Resource): boolean {
  if (resource.masked) return true;
  return resource.type.startsWith("kubernetes:") && !forKeys.some(([group, kind]) => is(resource, group, kind));
}

function keysIn(value: unknown, path = ""): Finding[] {
  if (typeof value === "string") return holdsKey(value) ? [finding(path)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) =>
    keysIn(
      // Most objects have something that a preview does not know yet.
      ifKnown(() => (value as Record<string, unknown>)[key]),
      pathTo(path, key, Array.isArray(value)),
    ),
  );
}

function pathTo(path: string, key: string, isIndex: boolean): string {
  if (isIndex) return `${path}[${key}]`;
  return /^\w+$/.test(key) ? (path === "" ? key : `${path}.${key}`) : `${path}[${JSON.stringify(key)}]`;
}

function holdsKey(text: string): boolean {
  const decoded = text.match(encoded) ?? [];
  return privateKey.test(text) || decoded.some((part) => privateKey.test(Buffer.from(part, "base64").toString()));
}

function finding(field: string): Finding {
  return {
    problem: "holds a private key in plain text",
    field,
    allowed: "keys in Secrets, and there as secret values",
    remedy: "make it a secret (pulumi.secret, pulumi config set --secret), and replace the key, which may be known",
  };
}
