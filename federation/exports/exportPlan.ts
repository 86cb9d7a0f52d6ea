import type { ContractExport } from "../contract/contract.ts";
import { callersFor } from "./exportCallers.ts";
import { exportSans, type ExportConfig } from "./exportConfig.ts";
import { serviceHost, spiffeIdForm } from "../objects/names.ts";

/** An export with everything that its objects need. Its {@link ContractExport} part is published to peers. */
export interface ExportPlan extends ContractExport {
  /** Labels of the serving pods; undefined if neither callers nor a mesh-neutral host need them. */
  selector?: Record<string, string>;
  /** The subsets with labels; the others are in a DestinationRule of the service's owner. */
  subsetLabels: { name: string; labels: Record<string, string> }[];
  /** The declared ports of the pods, by port name. */
  targetPorts: Record<string, number>;
  /** `callers` of the configuration: of its own mesh, and of the meshes that `callersByMesh` does not name. */
  ownCallers: string[];
  /** Names of the service accounts in its namespace that serve it. */
  serviceAccounts: string[];
  /** Whether peers may reach ports, or subsets, of the Service's own host that the export does not name. */
  allowUndeclared: { ports: boolean; subsets: boolean };
  /** Whether its host is not the Service's own, so that the SNI of a call shows whether it used this export. */
  meshNeutral: boolean;
}

/** Plans an export from its configuration, and the domains of its mesh. */
export function planExport(
  spec: ExportConfig,
  { trustDomain, clusterDomain }: { trustDomain: string; clusterDomain: string },
): ExportPlan {
  const ofService = serviceHost(spec.service, spec.namespace, clusterDomain);
  const host = spec.host ?? ofService;
  return {
    name: spec.name,
    host,
    namespace: spec.namespace,
    service: spec.service,
    ports: spec.ports.map(({ name, number, protocol }) => ({ name, number, protocol })),
    subjectAltNames: exportSans(spec, trustDomain),
    to: spec.to,
    ...plannedCallers(spec),
    callersApplyTo: spec.callersApplyTo,
    public: spec.public,
    subsets: spec.subsets.map((s) => s.name),
    selector: spec.selector,
    subsetLabels: spec.subsets.flatMap(({ name, labels }) => (labels ? [{ name, labels }] : [])),
    targetPorts: Object.fromEntries(spec.ports.flatMap((p) => (p.targetPort ? [[p.name, p.targetPort]] : []))),
    serviceAccounts: spec.serviceAccounts,
    allowUndeclared: { ports: spec.allowUndeclaredPorts, subsets: spec.allowUndeclaredSubsets },
    meshNeutral: host !== ofService,
  };
}

/** `callers` are all of them, for importers that do not know `callersByMesh`, which then has every mesh in `to`. */
function plannedCallers({ callers: given, callersByMesh, to }: ExportConfig) {
  const callerIds = given.filter(isIdentity);
  const callers = given.filter((caller) => !isIdentity(caller));
  if (Object.keys(callersByMesh).length === 0) return { callers, callerIds, ownCallers: callers };
  const byMesh = Object.fromEntries(to.map((mesh) => [mesh, callersFor({ callers, callersByMesh }, mesh)]));
  const all = [...new Set([...Object.values(byMesh).flat(), ...callers])].sort();
  return { callers: all, callerIds, callersByMesh: byMesh, ownCallers: callers };
}

function isIdentity(caller: string): boolean {
  return spiffeIdForm.test(caller);
}

/** Whom an export names as its callers: accounts (`namespace/account`), then SPIFFE ids. Empty: everybody in `to`. */
export function allCallers({ callers, callerIds }: Pick<ContractExport, "callers" | "callerIds">): string[] {
  return [...callers, ...callerIds];
}

/** The part of an export that is published to peers. */
export function publishedExport(plan: ExportPlan): ContractExport {
  const {
    selector: _selector,
    subsetLabels: _labels,
    targetPorts: _ports,
    serviceAccounts: _accounts,
    ownCallers: _ownCallers,
    meshNeutral: _meshNeutral,
    allowUndeclared: _allowUndeclared,
    ...published
  } = plan;
  return published;
}
