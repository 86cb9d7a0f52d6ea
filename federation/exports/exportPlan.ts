import type { ContractExport } from "../contract/contract.ts";
import { exportHost, exportSans, type ExportConfig } from "./exportConfig.ts";
import { serviceHost } from "../objects/names.ts";

/** An export with everything that its objects need; what peers need of it is the {@link ContractExport} in it. */
export interface ExportPlan extends ContractExport {
  /** Labels of the serving pods; undefined where neither callers nor a mesh-neutral host need them. */
  selector?: Record<string, string>;
  /** The subsets that get labels here; others stand in a DestinationRule of the service's owner. */
  subsetLabels: { name: string; labels: Record<string, string> }[];
  /** The pods' ports by port name, where they are declared. */
  targetPorts: Record<string, number>;
  /** Names of the accounts that serve it, in its namespace. */
  serviceAccounts: string[];
  /** Whether its host is another than the Service's own, so that a call's SNI tells whether it came by this export. */
  neutral: boolean;
}

/** An export's plan, from its configuration. */
export function planExport(spec: ExportConfig, trustDomain: string): ExportPlan {
  const host = exportHost(spec);
  return {
    name: spec.name,
    host,
    namespace: spec.namespace,
    service: spec.service,
    ports: spec.ports.map(({ name, number, protocol }) => ({ name, number, protocol })),
    subjectAltNames: exportSans(spec, trustDomain),
    to: spec.to,
    callers: spec.callers,
    callersApplyTo: spec.callersApplyTo,
    public: spec.public,
    subsets: spec.subsets.map((s) => s.name),
    selector: spec.selector,
    subsetLabels: spec.subsets.flatMap(({ name, labels }) => (labels ? [{ name, labels }] : [])),
    targetPorts: Object.fromEntries(spec.ports.flatMap((p) => (p.targetPort ? [[p.name, p.targetPort]] : []))),
    serviceAccounts: spec.serviceAccounts,
    neutral: host !== serviceHost(spec.service, spec.namespace),
  };
}

/** What of an export is published to peers. */
export function publishedExport(plan: ExportPlan): ContractExport {
  const {
    selector: _selector,
    subsetLabels: _labels,
    targetPorts: _ports,
    serviceAccounts: _accounts,
    neutral: _neutral,
    ...published
  } = plan;
  return published;
}
