import { Findings, type Finding } from "../errors/userError.ts";
import { allCallers, type ExportPlan } from "../exports/exportPlan.ts";
import { spiffeId } from "../objects/names.ts";
import { podProblems, podWarnings } from "./exportedPods.ts";
import { exportedPortWarnings, exposedPortProblems, servedPortProblems } from "./exportedPorts.ts";
import { ruleTlsProblems } from "./exportedRules.ts";
import { serviceKindProblems, serviceKindWarnings } from "./exportedServiceKind.ts";
import {
  isVisibleFromAny,
  labelsText,
  selects,
  takesHost,
  type LiveCluster,
  type LivePod,
  type LiveService,
} from "./liveCluster.ts";
import type { LivePlaces } from "./liveGateways.ts";

/** What in the cluster keeps an export from working. */
export function exportProblems(spec: ExportPlan, live: LiveCluster, places: LivePlaces): readonly Finding[] {
  const findings = new Findings();
  const service = serviceOf(spec, live);
  if (service) {
    // A mesh-neutral host has a ServiceEntry with ports of its own, which lead to the pods directly.
    if (!spec.meshNeutral) {
      findings.addAll(serviceKindProblems(spec, service, places.gatewayNamespace));
      if (service.kind !== "external")
        findings.addAll([...servedPortProblems(spec, service), ...exposedPortProblems(spec, service)]);
    }
    findings.addAll(selectorProblems(spec, service));
  } else if (!spec.meshNeutral && allCallers(spec).length > 0 && spec.ports.every(({ name }) => spec.targetPorts[name]))
    findings.add("live-target-port", {
      subject: `export "${spec.name}"`,
      problem:
        `its policy applies to the pod ports that it names, but the cluster has no Service ` +
        `${spec.namespace}/${spec.service} that says which ports it leads to`,
      remedy: "Create the Service first, or remove targetPort",
    });
  findings.addAll(podProblems(spec, podsOf(spec, live)));
  findings.addAll(subsetProblems(spec, live, places.gatewayNamespace));
  findings.addAll(ruleTlsProblems(spec, live.rules, places));
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

/** What in the cluster may be intended, but keeps importers from getting an answer. */
export function exportWarnings(spec: ExportPlan, live: LiveCluster, trustDomain: string): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const findings = new Findings();
  const service = serviceOf(spec, live);
  const pods = podsOf(spec, live);
  if (!service)
    findings.add("live-service-missing", {
      subject,
      problem: `the cluster has no Service ${spec.namespace}/${spec.service}, so peers get no answer`,
      remedy: "Create the Service",
    });
  else {
    if (!spec.meshNeutral) findings.addAll(serviceKindWarnings(spec, service, pods));
    findings.addAll(exportedPortWarnings(spec, service, pods));
  }
  findings.addAll(podWarnings(spec, pods));
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

/** The pods that run or will run behind the Service of an export. */
function podsOf(spec: ExportPlan, live: LiveCluster): LivePod[] {
  return live.pods?.get(spec.name) ?? [];
}

function selectorProblems(spec: ExportPlan, service: LiveService): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const findings = new Findings();
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
