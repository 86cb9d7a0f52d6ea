import { meshSettingsOf } from "../cluster/meshSettings.ts";
import type { Finding } from "../errors/userError.ts";
import type { FederationPlan } from "../planFederation.ts";
import { serviceOfHost, type LiveCluster } from "./liveCluster.ts";
import { domainProblems, domainWarnings } from "./liveDomains.ts";
import { conflictingPolicies } from "../exports/policyConflicts.ts";
import { gatewayProblems, gatewayWarnings, type LivePlaces } from "./liveGateways.ts";
import { exportProblems, exportWarnings, withServiceSelectors } from "./liveExports.ts";
import { foreignRuleFindings } from "./foreignRules.ts";
import { sidecarFindings } from "./importedVisibility.ts";
import { importProblems } from "./liveImports.ts";
import { peerAuthenticationProblems } from "./peerAuthentications.ts";
import { meshConfigFindings } from "./meshConfigFindings.ts";

/** What a comparison with the cluster found. */
export interface LiveFindings {
  /** What cannot work. */
  problems: Finding[];
  /** What may be intended. */
  warnings: Finding[];
}

/** The Services whose state matters to a plan. */
export function servicesInvolved({
  imports,
  exports,
  identity,
}: Pick<FederationPlan, "imports" | "exports" | "identity">): { namespace: string; name: string }[] {
  const ofImports = imports.flatMap((spec) => serviceOfHost(spec.host, identity.clusterDomain) ?? []);
  return [...ofImports, ...exports.map(({ spec }) => ({ namespace: spec.namespace, name: spec.service }))];
}

/** Conflicts between exports of which one gets its selector from its Service; the plan has found the others. */
function conflictsByService(exports: FederationPlan["exports"], live: LiveCluster): readonly Finding[] {
  const known = conflictingPolicies(exports).map(({ subject }) => subject);
  return conflictingPolicies(withServiceSelectors(exports, live)).filter(({ subject }) => !known.includes(subject));
}

/** Compares a plan with the objects in the cluster. Pure. */
export function liveFindings(
  plan: Pick<FederationPlan, "imports" | "exports" | "identity">,
  live: LiveCluster,
  places: LivePlaces,
): LiveFindings {
  const { rootNamespace, gateway, settings } = places;
  const ofClients = plan.imports.flatMap((spec) => [
    sidecarFindings(spec, live, rootNamespace),
    foreignRuleFindings(spec, live, { ...(settings ?? meshSettingsOf({})), rootNamespace }),
    ...(settings ? [meshConfigFindings(spec, settings, live)] : []),
  ]);
  const exports = plan.exports.map(({ spec }) => spec);
  const { clusterDomain } = plan.identity;
  return {
    problems: [
      ...plan.imports.flatMap((spec) => importProblems(spec, live, { rootNamespace, clusterDomain })),
      ...plan.imports.flatMap((spec) => peerAuthenticationProblems(spec, live, rootNamespace)),
      ...domainProblems(plan, live.domains),
      ...ofClients.flatMap(({ problems }) => problems),
      ...exports.flatMap((spec) => exportProblems(spec, live, places)),
      ...conflictsByService(plan.exports, live),
      ...(gateway && live.gateway ? gatewayProblems(plan, live.gateway, gateway) : []),
    ],
    warnings: [
      ...domainWarnings(plan, live.domains),
      ...ofClients.flatMap(({ warnings }) => warnings),
      ...exports.flatMap((spec) => exportWarnings(spec, live, plan.identity.trustDomain)),
      ...(gateway && live.gateway ? gatewayWarnings(plan, live.gateway, gateway) : []),
    ],
  };
}
