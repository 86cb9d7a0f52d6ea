import { Findings, type Finding } from "../errors/userError.ts";
import type { ExportPlan } from "./exportPlan.ts";
import type { DenyPolicy, DenyRule } from "./exportPolicy.ts";

/** An export with its policy, if it has one. */
interface PlannedExport {
  spec: ExportPlan;
  policy?: DenyPolicy | undefined;
}

/**
 * Exports that the same pods serve for different callers. A DENY applies to the pods, so the policy of each export
 * would deny the other's callers. Rules for one SNI, or for other ports, do not conflict.
 */
export function conflictingPolicies(exports: PlannedExport[]): readonly Finding[] {
  const findings = new Findings();
  for (const [i, a] of exports.entries())
    for (const b of exports.slice(i + 1))
      if (mayShareAPod(a.spec, b.spec) && (deniesCallersOf(a, b) || deniesCallersOf(b, a)))
        findings.add("export-policies-conflict", {
          subject: `exports "${a.spec.name}" and "${b.spec.name}"`,
          problem:
            "the same pods serve them for different callers, and the policy of one would deny callers of the other",
          remedy:
            "Give both the same to, callers and callersApplyTo, declare targetPort for every port of both, " +
            "or serve them by different pods",
        });
  return findings.all;
}

/**
 * Whether one pod can match the selectors of both: in one namespace, without a label that both name with different
 * values. Without a selector nothing is known here; the comparison with the cluster takes the Service's.
 */
function mayShareAPod(a: ExportPlan, b: ExportPlan): boolean {
  if (a.namespace !== b.namespace || !a.selector || !b.selector) return false;
  const { selector } = b;
  return Object.entries(a.selector).every(([key, value]) => (selector[key] ?? value) === value);
}

/** Whether a rule of one export's policy that the other's policy lacks applies to the other's ports. */
function deniesCallersOf(a: PlannedExport, b: PlannedExport): boolean {
  const others = rulesForAnySni(b.policy).map((rule) => JSON.stringify(rule));
  return rulesForAnySni(a.policy).some((rule) => !others.includes(JSON.stringify(rule)) && appliesTo(rule, b.spec));
}

function rulesForAnySni(policy: DenyPolicy | undefined): DenyRule[] {
  return policy?.spec.rules.filter((rule) => !rule.when) ?? [];
}

/** Whether a rule applies to the pod ports of an export. If they are not declared, it may. */
function appliesTo(rule: DenyRule, spec: ExportPlan): boolean {
  const ports = rule.to?.[0].operation.ports;
  const targets = spec.ports.map((port) => spec.targetPorts[port.name]);
  return !ports || targets.some((target) => target === undefined || ports.includes(String(target)));
}
