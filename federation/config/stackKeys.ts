import { knownKeys } from "../errors/unknownKey.ts";
import type { Finding } from "../errors/userError.ts";

/** The two kinds of stack. */
export type Role = "mesh" | "trust";

/** The keys of a mesh stack that hold plain values, without the project's prefix; `Pulumi.yaml` describes them. */
export const meshKeys = [
  "mesh",
  "profile",
  "cluster",
  "loadBalancer",
  "ca",
  "rotation",
  "quarantine",
  "istio",
  "gateway",
  "samples",
  "sampleImages",
  "exports",
  "imports",
  "importRules",
  "peers",
  "requireImports",
  "verifyOnUp",
  "allowBreaking",
] as const;

/** The keys of each kind of stack besides `role`. `Pulumi.yaml` does not declare the two secret keys of a mesh. */
const keysOf: Record<Role, readonly string[]> = {
  mesh: [...meshKeys, "kubeconfig", "caMaterial"],
  trust: ["root", "meshes"],
};
const allKeys = ["role", ...keysOf.mesh, ...keysOf.trust];

const stackOf: Record<Role, string> = { mesh: "a mesh stack (role: mesh)", trust: "the trust stack (role: trust)" };

/**
 * Findings about the keys of a stack: unknown keys, with the nearest known one, and keys of the other kind of stack.
 * Values are not repeated: a key may be a secret with a typing error.
 * @param given the keys and their values, without the project's prefix. A key of the other kind with an empty or false
 *   value counts as not set: the engine gives every stack the defaults of all keys
 */
export function keyFindings(role: Role, given: Readonly<Record<string, unknown>>): Finding[] {
  const other = role === "mesh" ? "trust" : "mesh";
  return Object.keys(given)
    .sort()
    .flatMap((key): Finding[] => {
      const subject = `key "${key}"`;
      if (!allKeys.includes(key))
        return [{ code: "config-key-unknown", subject, problem: "is unknown", remedy: knownKeys(key, allKeys) }];
      if (!keysOf[other].includes(key) || isEmpty(given[key])) return [];
      const problem = `belongs in ${stackOf[other]}; this is ${stackOf[role]}, which does not read it`;
      const remedy = `Move it to that stack, or set role to ${other}`;
      return [{ code: "config-key-misplaced", subject, problem, remedy }];
    });
}

function isEmpty(value: unknown): boolean {
  return (
    value === "" ||
    value === false ||
    (typeof value === "object" && (value === null || Object.keys(value).length === 0))
  );
}
