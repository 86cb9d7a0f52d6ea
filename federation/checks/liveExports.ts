import { Findings, type Finding } from "../errors/userError.ts";
import type { ExportPlan } from "../exports/exportPlan.ts";
import { spiffeId } from "../objects/names.ts";
import { isVisibleFromAny, labelsText, selects, takesHost, type LiveCluster, type LiveService } from "./liveCluster.ts";

/** What in the cluster keeps an export from working. */
export function exportProblems(spec: ExportPlan, live: LiveCluster, gatewayNamespace: string): readonly Finding[] {
  const findings = new Findings();
  const service = serviceOf(spec, live);
  if (service) {
    findings.addAll(serviceProblems(spec, service));
    if (!spec.meshNeutral) findings.addAll(exposedPortProblems(spec, service));
  } else if (!spec.meshNeutral && spec.callers.length > 0 && spec.ports.every(({ name }) => spec.targetPorts[name]))
    findings.add("live-target-port", {
      subject: `export "${spec.name}"`,
      problem:
        `its policy applies to the pod ports that it names, but the cluster has no Service ` +
        `${spec.namespace}/${spec.service} that says which ports it leads to`,
      remedy: "Create the Service first, or remove targetPort",
    });
  findings.addAll(subsetProblems(spec, live, gatewayNamespace));
  return findings.all;
}

/**
 * The exports with the selectors of their Services, where they name none: which pods serve them.
 */
export function withServiceSelectors<T extends { spec: ExportPlan }>(exports: T[], live: LiveCluster): T[] {
  return exports.map((planned) => {
    const { selector = {} } = serviceOf(planned.spec, live) ?? {};
    return planned.spec.selector || Object.keys(selector).length === 0
      ? planned
      : { ...planned, spec: { ...planned.spec, selector } };
  });
}

/**
 * Ports of a Service's own host that peers reach although the export does not name them, and pod ports that the policy
 * would miss. The gateway has a filter chain for each TCP port of a Service whose host it exposes.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/networking/core/gateway.go (buildGatewayTCPFilterChains)
 */
function exposedPortProblems(spec: ExportPlan, service: LiveService): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const findings = new Findings();
  const tcp = service.ports.filter(({ protocol = "TCP" }) => protocol === "TCP");
  const undeclared = tcp.filter(({ number }) => !spec.ports.some((p) => p.number === number));
  if (undeclared.length > 0 && !spec.allowUndeclared.ports)
    findings.add("live-port-undeclared", {
      subject,
      problem:
        `the Service ${spec.namespace}/${spec.service} also has port ${undeclared.map((p) => p.number).join(", ")}, ` +
        "which peers would reach through the gateway too",
      remedy:
        "Give the export a Service with its ports alone, or a mesh-neutral host, add the port to ports, " +
        "or accept it with allowUndeclaredPorts",
    });
  for (const port of spec.ports) {
    const [declared, actual] = [spec.targetPorts[port.name], tcp.find((p) => p.number === port.number)?.targetPort];
    if (declared !== undefined && actual !== undefined && declared !== actual)
      findings.add("live-target-port", {
        subject,
        problem:
          `port ${port.number} has targetPort ${declared}, but ` +
          `the Service ${spec.namespace}/${spec.service} leads to ` +
          `${typeof actual === "string" ? `the pod port named "${actual}", which may differ by pod` : actual}`,
        remedy: `Remove targetPort from the export${typeof actual === "string" ? "" : `, or set it to ${actual}`}`,
      });
  }
  return findings.all;
}

/** What in the cluster may be intended, but keeps importers from getting an answer. */
export function exportWarnings(spec: ExportPlan, live: LiveCluster, trustDomain: string): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const findings = new Findings();
  if (!serviceOf(spec, live))
    findings.add("live-service-missing", {
      subject,
      problem: `the cluster has no Service ${spec.namespace}/${spec.service}, so peers get no answer`,
      remedy: "Create the Service",
    });
  const undeclared = (live.accounts.get(spec.name) ?? []).filter(
    (account) => !spec.subjectAltNames.includes(spiffeId(trustDomain, spec.namespace, account)),
  );
  if (undeclared.length > 0)
    findings.add("live-account-undeclared", {
      subject,
      problem:
        `pods of its Service run as service account ${undeclared.map((account) => `"${account}"`).join(", ")}, ` +
        `which serviceAccounts (${spec.serviceAccounts.join(", ") || "empty"}) does not name, ` +
        "so importers reject what these pods answer",
      remedy: "Add the account to serviceAccounts, or run the pods as a declared account",
    });
  return findings.all;
}

function serviceOf(spec: ExportPlan, live: LiveCluster): LiveService | undefined {
  return live.services.find((s) => s.namespace === spec.namespace && s.name === spec.service);
}

function serviceProblems(spec: ExportPlan, service: LiveService): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const findings = new Findings();
  // A mesh-neutral host has ports of its own, which lead to the pods directly.
  const required = spec.meshNeutral ? [] : spec.ports;
  for (const { number } of required)
    if (!service.ports.some((p) => p.number === number))
      findings.add("live-port-missing", {
        subject,
        problem:
          `the Service ${spec.namespace}/${spec.service} has no port ${number}; ` +
          `it has ${service.ports.map((p) => p.number).join(", ")}`,
        remedy: "Export a port of the Service, or add the port to it",
      });
  if (spec.selector && !(selects(spec.selector, service.selector) && selects(service.selector, spec.selector)))
    findings.add("live-selector-mismatch", {
      subject,
      problem:
        `selector ${labelsText(spec.selector)} differs from the Service's selector ${labelsText(service.selector)}, ` +
        "so the policy and the host would miss pods that serve it",
      remedy: "Use the selector of the Service",
    });
  return findings.all;
}

function subsetProblems(spec: ExportPlan, live: LiveCluster, gatewayNamespace: string): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const findings = new Findings();
  const visible = live.rules.filter(
    (r) => r.hosts.some((host) => takesHost(host, spec.host)) && isVisibleFromAny(r, [gatewayNamespace]),
  );
  const rules = visible.filter((r) => r.hosts.includes(spec.host) && r.namespace === spec.namespace);
  const undeclared = visible.flatMap((r) =>
    r.subsets
      .filter((name) => !spec.subsets.includes(name))
      .map((name) => ({ name, rule: `${r.namespace}/${r.name}` })),
  );
  if (undeclared.length > 0 && !spec.allowUndeclared.subsets)
    findings.add("live-subset-undeclared", {
      subject,
      problem:
        `the DestinationRule ${undeclared.map(({ name, rule }) => `${rule} defines subset "${name}"`).join(", ")} ` +
        "for its host, which peers would reach through the gateway too",
      remedy: "Add the subset to subsets, hide the rule by exportTo, or accept it with allowUndeclaredSubsets",
    });
  if (spec.subsetLabels.length > 0)
    for (const rule of rules)
      findings.add("live-rule-conflict", {
        subject,
        problem:
          `the DestinationRule ${rule.namespace}/${rule.name} also has its host, ` +
          "and Istio may merge it with the rule for the subsets",
        remedy: "Remove that rule, or omit the labels of the subsets that it defines",
      });
  for (const subset of spec.subsets.filter((name) => !spec.subsetLabels.some((s) => s.name === name)))
    if (!rules.some((r) => r.subsets.includes(subset)))
      findings.add("live-subset-missing", {
        subject,
        problem:
          `subset "${subset}" has no labels, and no DestinationRule for ${spec.host} in namespace ${spec.namespace} ` +
          `that is visible to the gateway's namespace ${gatewayNamespace} defines it`,
        remedy: "Give the subset labels, or create that rule",
      });
  return findings.all;
}
