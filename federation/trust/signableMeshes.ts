import type { DeclaredMesh } from "../config/declaredMesh.ts";
import type { SignedMeshes } from "../config/rootConfig.ts";
import { Findings, UserError, type Finding } from "../errors/userError.ts";
import { nestedTrustDomains, trustDomainFindings } from "./certificateFindings.ts";

/** A mesh whose CA a trust stack signs, and where its request is. */
export interface SignableMesh {
  mesh: string;
  /** The only trust domain that its CA can name. The mesh's request does not decide it. */
  trustDomain: string;
  /** Name of its stack. */
  stack: string;
  /** File with its request, instead of the stack. */
  requestFile?: string | undefined;
  /** Whether key `meshes` of the trust stack names it, and not only a file in `stacks/`. */
  isGiven: boolean;
}

/**
 * The meshes whose CAs a trust stack signs: those with a file in `stacks/` that name it, and those in its key `meshes`.
 * @param stack name of the trust stack
 * @throws UserError for trust domains of which one is inside another, or that no constraint can name
 */
export function signableMeshes(
  given: SignedMeshes,
  declared: readonly Pick<DeclaredMesh, "stack" | "name" | "trustDomain" | "signedBy">[],
  stack: string,
): SignableMesh[] {
  const own = declared
    .filter(({ name, signedBy }) => signedBy === stack && !Object.hasOwn(given, name))
    .map(({ name, trustDomain, ...mesh }) => ({
      mesh: name,
      trustDomain: trustDomain!,
      stack: mesh.stack,
      isGiven: false,
    }));
  const others = Object.entries(given).map(([mesh, { trustDomain, stack: at, requestFile }]) => ({
    mesh,
    trustDomain,
    stack: at ?? mesh,
    requestFile,
    isGiven: true,
  }));
  const meshes = [...own, ...others].sort((a, b) => (a.mesh < b.mesh ? -1 : 1));
  const findings = new Findings();
  for (const { mesh, trustDomain } of meshes) {
    findings.addAll(trustDomainFindings(trustDomain).map((f) => ({ ...f, subject: `mesh "${mesh}": ${f.subject}` })));
    for (const other of meshes.filter((m) => m.mesh !== mesh && m.trustDomain !== trustDomain))
      if (trustDomain.endsWith(`.${other.trustDomain}`) && nestedTrustDomains(trustDomain, other.trustDomain))
        findings.add("peer-trust-domain-nested", {
          subject: `mesh "${mesh}"`,
          problem: `its trust domain ${trustDomain} is inside ${other.trustDomain}, which mesh "${other.mesh}" has`,
          remedy: "Choose trust domains of which none is inside another: a CA of the outer one could name the inner",
        });
  }
  if (findings.all.length > 0)
    throw new UserError(
      "config-invalid",
      {
        subject: `stack "${stack}"`,
        problem: "its meshes cannot be kept apart",
        remedy: "Correct the trust domains",
      },
      [...findings.all],
    );
  return meshes;
}

/** What the owner of the root should know: meshes of one trust domain can act as each other. */
export function sharedDomainWarnings(meshes: readonly Pick<SignableMesh, "mesh" | "trustDomain">[]): Finding[] {
  const byDomain = new Map<string, string[]>();
  for (const { mesh, trustDomain } of meshes) byDomain.set(trustDomain, [...(byDomain.get(trustDomain) ?? []), mesh]);
  return [...byDomain]
    .filter(([, names]) => names.length > 1)
    .map(([domain, names]) => ({
      code: "trust-domain-shared",
      subject: `meshes ${names.map((name) => `"${name}"`).join(", ")}`,
      problem: `they have one trust domain, ${domain}, so that the CA of each can issue the identities of the others`,
      remedy: "Give each mesh a trust domain of its own where their owners do not trust each other",
    }));
}
