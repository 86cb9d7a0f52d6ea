import { Findings, type Finding } from "../errors/userError.ts";
import { hasRoutes } from "../imports/routePolicy.ts";
import type { ResolvedImport } from "../imports/resolveImports.ts";
import {
  isVisibleFromAny,
  labelsText,
  selects,
  serviceOfHost,
  tcpPorts,
  type LiveCluster,
  type LiveService,
} from "./liveCluster.ts";

/** What in the cluster conflicts with an import. */
export function importProblems(
  spec: ResolvedImport,
  live: LiveCluster,
  { rootNamespace, clusterDomain }: { rootNamespace: string; clusterDomain: string },
): readonly Finding[] {
  const subject = `import "${spec.name}"`;
  const findings = new Findings();
  const local = serviceOfHost(spec.host, clusterDomain);
  const service = local && live.services.find((s) => s.namespace === local.namespace && s.name === local.name);
  if (spec.blend) findings.addAll(blendProblems(spec, spec.blend, service));
  else if (service)
    findings.add("live-service-conflict", {
      subject,
      problem:
        `its host ${spec.host} is that of the local Service ${service.namespace}/${service.name}, ` +
        "which would take precedence",
      remedy: "Set blend to fail over between the two, or import it under another name (as)",
    });
  const namespaces = [spec.namespace, rootNamespace, ...spec.visibleTo];
  for (const rule of live.rules)
    if (rule.hosts.includes(spec.host) && namespaces.includes(rule.namespace) && isVisibleFromAny(rule, spec.visibleTo))
      findings.add("live-rule-conflict", {
        subject,
        problem:
          `the DestinationRule ${rule.namespace}/${rule.name} also has its host ${spec.host}, ` +
          "and Istio would use or merge only one of the two",
        remedy:
          "Remove that rule and set connectionPool, loadBalancer or outlierDetection of the import instead, " +
          "or import under another name (as)",
      });
  findings.addAll(routeProblems(spec, live));
  for (const entry of live.entries)
    if (entry.hosts.includes(spec.host) && isVisibleFromAny(entry, spec.visibleTo))
      findings.add("live-entry-conflict", {
        subject,
        problem: `the ServiceEntry ${entry.namespace}/${entry.name} also has its host ${spec.host}`,
        remedy: "Remove that entry, or import under another name (as)",
      });
  return findings.all;
}

/**
 * Other VirtualServices of an import's host, where the import has one of its own. Sidecars do not merge them.
 * https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services
 */
function routeProblems(spec: ResolvedImport, { virtualServices = [] }: LiveCluster): readonly Finding[] {
  if (!hasRoutes(spec.routes ?? {})) return [];
  return virtualServices
    .filter((other) => other.hosts.includes(spec.host) && isVisibleFromAny(other, spec.visibleTo))
    .map(({ namespace, name }) => ({
      code: "live-route-conflict",
      subject: `import "${spec.name}"`,
      problem:
        `it has retries or timeout, and the VirtualService ${namespace}/${name} also has its host ${spec.host}; ` +
        "a sidecar uses one of the two only",
      remedy: "Set them in that VirtualService instead, or remove it",
    }));
}

function blendProblems(
  spec: ResolvedImport,
  blend: NonNullable<ResolvedImport["blend"]>,
  service: LiveService | undefined,
): readonly Finding[] {
  const subject = `import "${spec.name}"`;
  const findings = new Findings();
  if (!service) {
    findings.add("live-service-missing", {
      subject,
      problem: `it is blended, but there is no local Service ${spec.namespace}/${blend.service}`,
      remedy: "Create the Service, or import without blend",
    });
    return findings.all;
  }
  if (!selects(service.selector, blend.labels))
    findings.add("live-selector-mismatch", {
      subject,
      problem:
        `the Service's selector ${labelsText(service.selector)} does not select blend.labels ` +
        labelsText(blend.labels),
      remedy: "Use the selector's labels",
    });
  findings.addAll(blendedPortProblems(spec, service));
  return findings.all;
}

function blendedPortProblems(spec: ResolvedImport, service: LiveService): readonly Finding[] {
  const subject = `import "${spec.name}"`;
  const findings = new Findings();
  // Istio's proxies leave other ports alone: DNS has its UDP port beside the TCP port of the same number.
  for (const port of tcpPorts(service)) {
    // Istio finds the gateway's port by the Service's port name, or by the name of its targetPort where that is a name.
    const key = typeof port.targetPort === "string" ? port.targetPort : port.name;
    const offered = spec.ports.find((p) => p.number === port.number);
    if (!offered)
      findings.add("live-port-missing", {
        subject,
        problem:
          `it is blended, and the local Service has port ${port.number}, which the peer does not export, ` +
          "so calls that fail over get no answer there",
        remedy: "Export the port, or remove it from the Service",
      });
    else if (offered.name !== key)
      findings.add("live-port-name", {
        subject,
        problem:
          `it is blended, but port ${port.number} is named "${key}" in the local Service ` +
          `and "${offered.name}" in the export`,
        remedy: "Use the same name in both",
      });
  }
  return findings.all;
}
