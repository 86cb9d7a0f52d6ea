import { Findings, type Finding } from "../errors/userError.ts";
import { trustDomainFindings } from "../trust/boundDomains.ts";
import type { MeshConfig } from "./readMeshConfig.ts";
import { rootDefaults, validityFindings } from "./rootConfig.ts";

/** What is wrong with the keys `ca` and `rotation`, where they do not fit each other or the trust domain. */
export function caKeyFindings(config: Pick<MeshConfig, "ca" | "rotation" | "mesh">): readonly Finding[] {
  const { ca, rotation, mesh } = config;
  const findings = new Findings();
  const invalid = (subject: string, problem: string, remedy: string): void =>
    findings.add("config-value-invalid", { subject, problem, remedy });
  if (rotation && ca.provider !== "shared" && ca.provider !== "own")
    invalid(
      "rotation",
      `has no effect, because ca.provider is ${ca.provider}`,
      "Remove it: the order of the roots in the file or secret is what changes them",
    );
  else if (rotation && "root" in ca && rotation.next === ca.root)
    invalid("rotation.next", `is the number of the active root, ${ca.root}`, "Choose another number");
  if (ca.provider === "own") findings.addAll(validityFindings({ ...rootDefaults, ...withoutUndefined(ca) }, "ca"));
  // The CA gets a name constraint.
  if (ca.provider === "own" || ca.provider === "shared")
    findings.addAll(trustDomainFindings(mesh.trustDomain, "mesh.trustDomain"));
  return findings.all;
}

function withoutUndefined<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}
