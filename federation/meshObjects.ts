import { gatewaySelector } from "./cluster/gatewaySelector.ts";
import { managedGatewayLabels, type GatewaySelector } from "./cluster/gatewayObjects.ts";
import { gatewayService } from "./cluster/gatewayService.ts";
import { rootNamespaceOf } from "./cluster/istioValueConflicts.ts";
import { revisionOf } from "./cluster/revisions.ts";
import { strictMtls } from "./cluster/strictMtls.ts";
import type { MeshConfig } from "./config/readMeshConfig.ts";
import { hasSourceTrustDomains } from "./config/versions.ts";
import { exportDestinationRule, exportGateway, exportServiceEntry } from "./exports/exportObjects.ts";
import { importDestinationRule, importServiceEntry, importWorkloadEntries } from "./imports/importObjects.ts";
import { importVirtualService } from "./imports/importRoutes.ts";
import type { ResolvedImport } from "./imports/resolveImports.ts";
import { networking, security, type FederationObject } from "./objects/federationObject.ts";
import type { FederationPlan } from "./planFederation.ts";
import { quarantinePolicy } from "./trust/quarantinePolicy.ts";

/** When an object is created, in steps; removal is in the reverse order. */
export type Step =
  /** Denies callers of a peer, or requires mTLS. */
  | "guard"
  /** What another object of the same import or export needs first: a policy, a rule, an entry of an export. */
  | "first"
  /** An import's host becomes callable. */
  | "import"
  /** An exported host becomes reachable for peers. */
  | "expose";

/** An object of a mesh, and the step in which it is created. */
export interface PlannedObject {
  object: FederationObject;
  step: Step;
}

type Built = Pick<FederationObject, "metadata" | "spec"> | undefined;

/**
 * The objects of a mesh's federation, as the components register them: exports, imports, quarantine and, for a managed
 * Istio, STRICT mTLS. Without Istio, a cluster, a CA or sample applications. Not sorted.
 */
export function meshObjects(
  config: Pick<MeshConfig, "gateway" | "istio">,
  plan: Pick<FederationPlan, "exports" | "imports" | "quarantine" | "identity">,
): PlannedObject[] {
  const gateway = gatewaySelector(config);
  return [
    ...guards(config, plan),
    ...(gateway ? plan.exports.flatMap((planned) => exportObjects(planned, gateway)) : []),
    ...plan.imports.flatMap(importObjects),
  ];
}

function guards(
  config: Pick<MeshConfig, "istio">,
  { quarantine, identity }: Pick<FederationPlan, "quarantine" | "identity">,
): PlannedObject[] {
  const rootNamespace = rootNamespaceOf(config);
  const domains = { own: identity.trustDomain, literal: hasSourceTrustDomains(identity.istioMinor) };
  const policies = quarantine
    .filter(({ trustDomains }) => trustDomains.length > 0)
    .flatMap(({ mesh, trustDomains }) =>
      built("guard", security, "AuthorizationPolicy", quarantinePolicy(mesh, trustDomains, domains, rootNamespace)),
    );
  const isManaged = config.istio.provider === "managed";
  return [...(isManaged ? built("guard", security, "PeerAuthentication", strictMtls(rootNamespace)) : []), ...policies];
}

function exportObjects({ spec, policy }: FederationPlan["exports"][number], gateway: GatewaySelector): PlannedObject[] {
  return [
    ...built("first", security, "AuthorizationPolicy", policy),
    ...built("first", networking, "ServiceEntry", exportServiceEntry(gateway, spec)),
    ...built("first", networking, "DestinationRule", exportDestinationRule(gateway, spec)),
    ...built("expose", networking, "Gateway", exportGateway(gateway, spec)),
  ];
}

function importObjects(spec: ResolvedImport): PlannedObject[] {
  return [
    ...built("first", networking, "DestinationRule", importDestinationRule(spec)),
    ...built("import", networking, "ServiceEntry", importServiceEntry(spec)),
    ...importWorkloadEntries(spec).flatMap((entry) => built("import", networking, "WorkloadEntry", entry)),
    ...built("import", networking, "VirtualService", importVirtualService(spec)),
  ];
}

function built(step: Step, apiVersion: string, kind: string, of: Built): PlannedObject[] {
  return of ? [{ step, object: { apiVersion, kind, metadata: of.metadata, spec: of.spec } }] : [];
}

/**
 * The Service in front of a managed gateway; undefined for another. The gateway's pods are those of Istio's chart
 * `gateway`, with the labels of the Service's selector.
 */
export function managedGatewayService({
  gateway,
  mesh,
  profile,
  istio,
}: Pick<MeshConfig, "gateway" | "mesh" | "profile" | "istio">): ReturnType<typeof gatewayService> | undefined {
  if (gateway.provider !== "managed") return undefined;
  const { name, namespace, port, values = {} } = gateway;
  const labels = managedGatewayLabels(name);
  const pods = { profile, revision: revisionOf(istio), proxyVersion: "" };
  return gatewayService({ name, namespace, network: mesh.network, labels, port, values, ...pods });
}
