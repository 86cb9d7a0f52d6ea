import { serviceHost, spiffeId } from "../objects/names.ts";
import type { FederationPlan } from "../planFederation.ts";
import type { ExportPlan } from "../exports/exportPlan.ts";
import type { ResolvedImport } from "../imports/resolveImports.ts";

/** A Service as it lives in the cluster. */
export interface LiveService {
  namespace: string;
  name: string;
  ports: { name: string; number: number; targetPort: number | string }[];
  selector: Record<string, string>;
}

/** A DestinationRule or ServiceEntry that this project did not make. */
export interface LiveObject {
  namespace: string;
  name: string;
  hosts: string[];
  /** Empty: everywhere. */
  exportTo: string[];
  subsets: string[];
}

/** What the checks need of a cluster. */
export interface LiveCluster {
  /** Those of the Services asked for that exist. */
  services: LiveService[];
  rules: LiveObject[];
  entries: LiveObject[];
  /** Service accounts of the running pods behind each export's Service, by export name. */
  accounts: ReadonlyMap<string, string[]>;
}

/** Where the checks stand: what is certainly wrong, and what somebody should know. */
export interface LiveFindings {
  problems: string[];
  warnings: string[];
}

/** The Services whose state matters to a plan, as `{namespace, name}`. */
export function servicesInvolved({
  imports,
  exports,
}: Pick<FederationPlan, "imports" | "exports">): { namespace: string; name: string }[] {
  const ofImports = imports.flatMap((i) => serviceOf(i.host) ?? []);
  return [...ofImports, ...exports.map(({ spec }) => ({ namespace: spec.namespace, name: spec.service }))];
}

/** Compares a plan with what lives in the cluster beside it. Pure. */
export function liveFindings(
  plan: Pick<FederationPlan, "imports" | "exports" | "identity">,
  live: LiveCluster,
  where: { rootNamespace: string; gatewayNamespace: string },
): LiveFindings {
  const findings: LiveFindings = { problems: [], warnings: [] };
  for (const spec of plan.imports)
    findings.problems.push(...importClashes(spec, live, where.rootNamespace).map((p) => `import "${spec.name}": ${p}`));
  for (const { spec } of plan.exports) {
    const { problems, warnings } = exportFindings(spec, live, where.gatewayNamespace, plan.identity.trustDomain);
    findings.problems.push(...problems.map((p) => `export "${spec.name}": ${p}`));
    findings.warnings.push(...warnings.map((w) => `export "${spec.name}": ${w}`));
  }
  return findings;
}

function importClashes(spec: ResolvedImport, live: LiveCluster, rootNamespace: string): string[] {
  const problems: string[] = [];
  const where = serviceOf(spec.host);
  const service = where && live.services.find((s) => s.namespace === where.namespace && s.name === where.name);
  if (spec.blend) problems.push(...blendProblems(spec, spec.blend.labels, service));
  else if (service)
    problems.push(
      `its host ${spec.host} is that of the local Service ${where.namespace}/${where.name}, which would win over it: blend the two (blend, to fail over between them), or import it under another name (as)`,
    );
  const homes = [spec.namespace, rootNamespace, ...spec.visibleTo];
  for (const rule of live.rules.filter(
    (r) => r.hosts.includes(spec.host) && homes.includes(r.namespace) && seenBy(r, spec.visibleTo),
  ))
    problems.push(
      `the DestinationRule ${rule.namespace}/${rule.name} is for its host ${spec.host} too, and Istio would take or merge only one of the two: remove it, or import under another name (as)`,
    );
  for (const entry of live.entries.filter((e) => e.hosts.includes(spec.host) && seenBy(e, spec.visibleTo)))
    problems.push(
      `the ServiceEntry ${entry.namespace}/${entry.name} has its host ${spec.host} too: remove it, or import under another name (as)`,
    );
  return problems;
}

function blendProblems(
  spec: ResolvedImport,
  labels: Record<string, string>,
  service: LiveService | undefined,
): string[] {
  if (!service)
    return [
      `blend: there is no local Service ${spec.namespace}/${spec.blend!.service} to blend with; create it, or import without blend`,
    ];
  const problems: string[] = [];
  if (!matches(service.selector, labels))
    problems.push(
      `blend.labels ${text(labels)} are not picked by the Service's selector ${text(service.selector)}; use the selector's labels`,
    );
  for (const port of service.ports) {
    // Istio finds the gateway's port by the Service's port name, or by the name of its targetPort where that is a name.
    const key = typeof port.targetPort === "string" ? port.targetPort : port.name;
    const offered = spec.ports.find((p) => p.number === port.number);
    if (!offered)
      problems.push(
        `blend: the local Service has port ${port.number}, which the peer does not export; calls that fail over would get no answer there: export it too, or take it off the Service`,
      );
    else if (offered.name !== key)
      problems.push(
        `blend: port ${port.number} is called "${key}" in the local Service and "${offered.name}" in the export; the names must be the same`,
      );
  }
  return problems;
}

function exportFindings(
  spec: ExportPlan,
  live: LiveCluster,
  gatewayNamespace: string,
  trustDomain: string,
): LiveFindings {
  const problems: string[] = [];
  const warnings: string[] = [];
  const service = live.services.find((s) => s.namespace === spec.namespace && s.name === spec.service);
  if (!service)
    warnings.push(
      `there is no Service ${spec.namespace}/${spec.service} in the cluster yet; until there is, peers get no answer`,
    );
  else {
    if (!spec.neutral)
      for (const port of spec.ports.filter((p) => !service.ports.some((s) => s.number === p.number)))
        problems.push(
          `the Service ${spec.namespace}/${spec.service} has no port ${port.number}; it has ${service.ports.map((p) => p.number).join(", ")}`,
        );
    if (spec.selector && !sameLabels(spec.selector, service.selector))
      problems.push(
        `selector ${text(spec.selector)} is not that of the Service, ${text(service.selector)}: the policy and the host would miss pods that serve it`,
      );
  }
  const pinned = (account: string): boolean =>
    spec.subjectAltNames.includes(spiffeId(trustDomain, spec.namespace, account));
  const missing = (live.accounts.get(spec.name) ?? []).filter((account) => !pinned(account));
  if (missing.length > 0)
    warnings.push(
      `pods of its Service run as service account ${missing.map((a) => `"${a}"`).join(", ")}, which serviceAccounts does not name (it names ${spec.serviceAccounts.join(", ") || "none"}): importers refuse what these pods answer`,
    );
  const rules = live.rules.filter(
    (r) => r.hosts.includes(spec.host) && r.namespace === spec.namespace && seenBy(r, [gatewayNamespace]),
  );
  if (spec.subsetLabels.length > 0)
    for (const rule of rules)
      problems.push(
        `the DestinationRule ${rule.namespace}/${rule.name} is for its host too, and Istio may merge it with the one for the subsets: remove it, or leave out the subsets' labels where it defines the subsets itself`,
      );
  for (const subset of spec.subsets.filter((s) => !spec.subsetLabels.some((l) => l.name === s)))
    if (!rules.some((r) => r.subsets.includes(subset)))
      problems.push(
        `subset "${subset}" has no labels, and no DestinationRule in namespace ${spec.namespace} that the gateway's namespace ${gatewayNamespace} sees defines it for ${spec.host}: give it labels, or create that rule`,
      );
  return { problems, warnings };
}

/** Namespace and name in the host of a Service; undefined for any other host. */
function serviceOf(host: string): { namespace: string; name: string } | undefined {
  const [name, namespace] = host.split(".");
  return name && namespace && host === serviceHost(name, namespace) ? { namespace, name } : undefined;
}

/** Whether somebody in one of the namespaces sees an object. */
function seenBy({ namespace, exportTo }: LiveObject, namespaces: string[]): boolean {
  if (exportTo.length === 0 || exportTo.includes("*") || namespaces.includes("*")) return true;
  return namespaces.some((n) => exportTo.includes(n) || (exportTo.includes(".") && n === namespace));
}

function matches(selector: Record<string, string>, labels: Record<string, string>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function sameLabels(a: Record<string, string>, b: Record<string, string>): boolean {
  return matches(a, b) && matches(b, a);
}

function text(labels: Record<string, string>): string {
  return `{${Object.entries(labels)
    .map(([k, v]) => `${k}: ${v}`)
    .join(", ")}}`;
}
