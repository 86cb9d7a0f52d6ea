import { Findings, type Finding } from "../errors/userError.ts";
import type { ExportPlan } from "../exports/exportPlan.ts";
import { isVisibleFromAny, type LiveObject, type TlsModes } from "./liveCluster.ts";
import type { LivePlaces } from "./liveGateways.ts";
import { peerCalls } from "./peerCalls.ts";
import { isPrivate, mostSpecific } from "./rulePrecedence.ts";

/**
 * DestinationRules that keep the gateway from passing calls of peers on. The gateway's clusters have no TLS of their
 * own, but it drops every endpoint to which a client would send no mTLS of Istio: a mode other than ISTIO_MUTUAL. Other
 * fields of the rule, such as connectionPool and outlierDetection, apply as for any client.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/xds/endpoints/mtls_checker.go (checkMtlsEnabled)
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/networking/core/cluster_traffic_policy.go (applyTrafficPolicy)
 */
export function ruleTlsProblems(spec: ExportPlan, rules: LiveObject[], places: LivePlaces): readonly Finding[] {
  const inUse = rulesInUse(spec, rules, places);
  // Istio merges rules of one host: the oldest traffic policy is that of all, and so is the oldest subset of a name.
  const decisive = inUse.find(({ tls }) => tls?.rule !== undefined);
  const findings = new Findings();
  if (decisive) findings.addAll(modeProblems(spec, decisive, decisive.tls?.rule, "its host"));
  for (const subset of spec.subsets) {
    const rule = inUse.find(({ subsets }) => subsets.includes(subset));
    if (rule) findings.addAll(modeProblems(spec, rule, rule.tls?.subsets.get(subset), `its subset "${subset}"`));
  }
  return findings.all;
}

/** The modes of a rule by which clients of the export do not use Istio's mTLS. A port without one has that of all. */
function modeProblems(spec: ExportPlan, rule: LiveObject, modes: TlsModes | undefined, of: string): readonly Finding[] {
  const findings = new Findings();
  const numbers = spec.ports.map(({ number }) => number);
  const modeOf = (number: number) => modes?.ports.get(number) ?? modes?.all ?? "ISTIO_MUTUAL";
  for (const mode of new Set(numbers.map(modeOf).filter((found) => found !== "ISTIO_MUTUAL")))
    findings.add("live-rule-tls", {
      subject: `export "${spec.name}"`,
      problem:
        `the DestinationRule ${rule.namespace}/${rule.name} sets tls.mode ${mode} for ${of} at port ` +
        `${numbers.filter((number) => modeOf(number) === mode).join(", ")}; the gateway heeds it, and passes on to ` +
        `pods with Istio's mTLS only, so ${peerCalls(spec)} fail; callers in this mesh are not affected`,
      remedy:
        "Remove the mode or set ISTIO_MUTUAL, or hide the rule from the gateway's namespace by exportTo" +
        (spec.meshNeutral ? "" : ", or give the export a mesh-neutral host"),
    });
  return findings.all;
}

/**
 * The rules by which the gateway calls the host of an export, the oldest first: those for the most specific host, in
 * the gateway's namespace, else in the host's, else in the root namespace. A gateway in the root namespace prefers only
 * the rules there that no other namespace sees.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/model/push_context.go (destinationRule)
 */
function rulesInUse(spec: ExportPlan, rules: LiveObject[], places: LivePlaces): LiveObject[] {
  const { gatewayNamespace, rootNamespace } = places;
  const usable = [...rules, ...ownRules(spec, gatewayNamespace)].filter(({ selective }) => !selective);
  const inNamespace = (namespace: string, more: (rule: LiveObject) => boolean) =>
    mostSpecific(
      usable.filter((rule) => rule.namespace === namespace && more(rule)),
      spec.host,
    );
  const visible = (found: LiveObject[]) => found.filter((rule) => isVisibleFromAny(rule, [gatewayNamespace]));
  const exported = (namespace: string) => visible(inNamespace(namespace, (rule) => !isPrivate(rule)));
  const isRoot = gatewayNamespace === rootNamespace;
  const choices = [
    () => visible(inNamespace(gatewayNamespace, (rule) => !isRoot || isPrivate(rule))),
    () => exported(spec.namespace),
    () => exported(rootNamespace),
  ];
  for (const choice of choices) {
    const found = choice();
    if (found.length > 0) return found.sort((a, b) => ((a.created ?? "") < (b.created ?? "") ? -1 : 1));
  }
  return [];
}

/** The rule with the subsets of the export, which this project creates: it has no traffic policy. */
function ownRules({ name, namespace, host, subsetLabels }: ExportPlan, gatewayNamespace: string): LiveObject[] {
  if (subsetLabels.length === 0) return [];
  const subsets = subsetLabels.map((subset) => subset.name);
  return [{ name, namespace, hosts: [host], exportTo: [gatewayNamespace], subsets }];
}
