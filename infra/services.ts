import type * as pulumi from "@pulumi/pulumi";
import { ExportedService, ImportedService } from "../components/index.ts";
import { importName, type FederationPlan, type GatewaySelector, type ResolvedImport } from "../federation/index.ts";

/** Options of a component whose objects are in a namespace. */
type OptionsIn = (namespace: string) => pulumi.ComponentResourceOptions;

/** The exports of a plan, with what their policies need to know. */
type ExportsPlan = Pick<FederationPlan, "exports" | "trustDomains" | "acceptedTrustDomains" | "identity">;

/** Creates the exports of a plan. */
export function createExports(plan: ExportsPlan, gateway: GatewaySelector, optionsIn: OptionsIn): ExportedService[] {
  const trust = {
    trustDomain: plan.trustDomains.own,
    clusterDomain: plan.identity.clusterDomain,
    peerTrustDomains: Object.fromEntries(plan.trustDomains.ofMeshes),
    acceptedTrustDomains: plan.acceptedTrustDomains,
    istioMinor: plan.identity.istioMinor,
  };
  return plan.exports.map(({ spec, policy }) => {
    const labelsOf = new Map(spec.subsetLabels.map(({ name, labels }) => [name, labels]));
    return new ExportedService(
      `export-${spec.name}`,
      {
        exportName: spec.name,
        namespace: spec.namespace,
        service: spec.service,
        host: spec.host,
        meshNeutralHost: spec.meshNeutral,
        ports: spec.ports.map((port) => ({ ...port, targetPort: spec.targetPorts[port.name] })),
        selector: spec.selector,
        serviceAccounts: spec.serviceAccounts,
        subjectAltNames: spec.subjectAltNames,
        to: spec.to,
        callers: [...spec.ownCallers, ...spec.callerIds],
        callersByMesh: spec.callersByMesh,
        callersApplyTo: spec.callersApplyTo,
        enforceCallers: policy !== undefined,
        public: spec.public,
        allowUndeclaredPorts: spec.allowUndeclared.ports,
        subsets: spec.subsets.map((name) => ({ name, labels: labelsOf.get(name) })),
        gatewayNamespace: gateway.namespace,
        gatewayLabels: gateway.labels,
        ...trust,
      },
      optionsIn(spec.namespace),
    );
  });
}

/** Creates the imports of a plan. Returns them by id. */
export function createImports(imports: ResolvedImport[], optionsIn: OptionsIn): Map<string, ImportedService> {
  return new Map(
    imports.map((spec) => [
      spec.id,
      new ImportedService(
        importName(spec),
        {
          importName: spec.id,
          exportedHost: spec.exportedHost,
          host: spec.host,
          namespace: spec.namespace,
          visibleTo: spec.visibleTo,
          ports: spec.ports,
          subjectAltNames: spec.subjectAltNames,
          gateways: spec.gateways,
          subsets: spec.subsets,
          ...spec.trafficPolicy,
          ...spec.routes,
          blendLabels: spec.blend?.labels,
          blendServiceAccounts: spec.blend?.serviceAccounts,
          destinationRule: spec.hasRule ? "always" : "whenNeeded",
        },
        optionsIn(spec.namespace),
      ),
    ]),
  );
}
