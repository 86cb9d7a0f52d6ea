import { publishedExport } from "../exports/exportPlan.ts";
import { publishedImport } from "../imports/resolveImports.ts";
import type { FederationPlan } from "../planFederation.ts";
import { contractVersion, type ContractRoot, type FederationContract } from "./contract.ts";

/** What a plan does not have of a contract. */
export interface MeshFacts {
  gateways: FederationContract["gateways"];
  roots: ContractRoot[];
  /** PEM of the CA that signs the workloads' certificates; undefined where it is not known. */
  certificate: string | undefined;
}

/** The contract that a mesh publishes when its plan is deployed. */
export function meshContract(plan: FederationPlan, { gateways, roots, certificate }: MeshFacts): FederationContract {
  return {
    version: contractVersion,
    mesh: { ...plan.identity, roots, ...(certificate === undefined ? {} : { ca: { pem: certificate } }) },
    gateways,
    exports: plan.exports.map(({ spec }) => publishedExport(spec)),
    imports: plan.imports.map(publishedImport),
    pendingTrust: plan.pendingTrust,
    quarantine: plan.quarantine,
    pendingImports: plan.pending,
  };
}
