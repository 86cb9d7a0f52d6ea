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
      if (podsOf(a.spec) === podsOf(b.spec) && (deniesCallersOf(a, b) || deniesCallersOf(b, a)))
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

/** The serving pods as a comparable text. */
function podsOf({ namespace, selector }: ExportPlan): string {
  return JSON.stringify([namespace, Object.entries(selector ?? {}).sort()]);
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
