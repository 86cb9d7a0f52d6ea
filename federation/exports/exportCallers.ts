import type { ContractExport } from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import type { TrustDomains } from "../trust/trustDomains.ts";
import type { ExportPlan } from "./exportPlan.ts";

/** The callers of an export, as it is published. */
type Callers = Pick<ContractExport, "callers" | "callersByMesh">;

/**
 * The callers of one importing mesh that an export admits, `namespace/serviceAccount`; empty: any, or those in
 * `callerIds`.
 */
export function callersFor({ callers, callersByMesh = {} }: Callers, mesh: string): string[] {
  return Object.hasOwn(callersByMesh, mesh) ? callersByMesh[mesh]! : callers;
}

/**
 * The callers with a trust domain that an export admits: those of the meshes in `to`, and with
 * `callersApplyTo: everyone` those of its own mesh.
 */
export function callersOfDomain(spec: ExportPlan, domain: string, { own, ofMeshes }: TrustDomains): string[] {
  const ofPeers = spec.to.filter((mesh) => ofMeshes.get(mesh) === domain).flatMap((mesh) => callersFor(spec, mesh));
  const ofOwn = domain === own && spec.callersApplyTo === "everyone" ? spec.ownCallers : [];
  return [...new Set([...ofPeers, ...ofOwn])];
}

/** Meshes with one trust domain and different callers: their callers of one name have the same principal. */
export function indistinctCallers(spec: ExportPlan, domains: TrustDomains): readonly Finding[] {
  const findings = new Findings();
  if (!spec.callersByMesh) return findings.all;
  const meshes = spec.to.map((mesh) => ({
    name: `mesh "${mesh}"`,
    domain: domains.ofMeshes.get(mesh),
    callers: callersFor(spec, mesh),
  }));
  if (spec.callersApplyTo === "everyone")
    meshes.push({ name: "this mesh", domain: domains.own, callers: spec.ownCallers });
  for (const [domain, same] of Map.groupBy(meshes, (mesh) => mesh.domain)) {
    const lists = new Set(same.map(({ callers }) => [...new Set(callers)].sort().join(" ")));
    if (domain === undefined || lists.size < 2) continue;
    findings.add("export-callers-not-enforceable", {
      subject: `export "${spec.name}"`,
      problem:
        `${same.map(({ name }) => name).join(" and ")} have trust domain ${domain} and different callers, ` +
        "and callers of one name have the same principal in all of them",
      remedy: "Name the same callers for these meshes, or give the meshes different trust domains",
    });
  }
  return findings.all;
}
