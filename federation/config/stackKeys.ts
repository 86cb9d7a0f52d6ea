import { unknownKey } from "../errors/unknownKey.ts";

/** The two kinds of stack. */
export type Role = "mesh" | "trust";

/** The keys of a mesh stack that hold plain values, without the project's prefix; `Pulumi.yaml` describes them. */
export const meshKeys = [
  "mesh",
  "cluster",
  "loadBalancer",
  "ca",
  "istio",
  "gateway",
  "samples",
  "sampleImages",
  "exports",
  "imports",
  "peers",
  "requireImports",
  "verifyOnUp",
  "allowBreaking",
] as const;

/** What either kind of stack reads besides its role: a mesh's also the two secrets, which `Pulumi.yaml` does not declare. */
const keysOf: Record<Role, readonly string[]> = { mesh: [...meshKeys, "kubeconfig", "caMaterial"], trust: ["root"] };
const allKeys = ["role", ...keysOf.mesh, ...keysOf.trust];

/** How either kind of stack is told from the other. */
const stackOf: Record<Role, string> = {
  mesh: "the stack of a mesh (role: mesh, or none)",
  trust: "the stack of the root CA (role: trust)",
};

/**
 * What is wrong with the keys of a stack, a sentence each and no value repeated: those that nothing reads, with the
 * nearest that there is, and those of the other kind of stack.
 * @param given the keys and their values, without the project's prefix. One of the other kind counts as not set where it
 *   is empty or false: the engine hands every stack the defaults of all keys
 */
export function keyProblems(role: Role, given: Readonly<Record<string, unknown>>): string[] {
  const other = role === "mesh" ? "trust" : "mesh";
  return Object.keys(given)
    .sort()
    .flatMap((key) => {
      if (!allKeys.includes(key)) return [`unknown key ${unknownKey(key, allKeys)}`];
      if (!keysOf[other].includes(key) || isEmpty(given[key])) return [];
      return [
        `key "${key}" belongs in ${stackOf[other]}, and this is ${stackOf[role]}, which does not read it: move it there, or set role to ${other}`,
      ];
    });
}

function isEmpty(value: unknown): boolean {
  return (
    value === "" ||
    value === false ||
    (typeof value === "object" && (value === null || Object.keys(value).length === 0))
  );
}
