import * as pulumi from "@pulumi/pulumi";
import { managedGatewayLabels, type GatewaySelector } from "../federation/cluster/gatewayObjects.ts";
import { defaultClusterDomain, defaultGateway } from "../federation/config/defaults.ts";
import { hasSourceTrustDomains, supportedIstioMinors } from "../federation/config/versions.ts";
import { UserError } from "../federation/errors/userError.ts";
import { exportSpec, namesCallers, type ExportConfig } from "../federation/exports/exportConfig.ts";
import { exportHostFindings } from "../federation/exports/exportHost.ts";
import { planExport, type ExportPlan } from "../federation/exports/exportPlan.ts";
import { callerFindings, exportPolicy, outsiderFindings, type DenyPolicy } from "../federation/exports/exportPolicy.ts";
import type { TrustDomains } from "../federation/trust/trustDomains.ts";
import type { ExportedServiceArgs } from "./exportedServiceArgs.ts";

/** An export in the form that the model's builders take. */
export interface PlannedExport {
  plan: ExportPlan;
  policy: DenyPolicy | undefined;
  gateway: GatewaySelector;
}

/** Arguments of a program that are known, as `pulumi.output` gives them. */
export type KnownExport = pulumi.Unwrap<ExportedServiceArgs>;

/**
 * Checks the arguments that are plain, when the program runs.
 * @throws UserError for callers without a selector
 */
export function checkPlainArgs({ callers, callersByMesh, selector }: ExportedServiceArgs, name: string): void {
  const named = (Array.isArray(callers) && callers.length > 0) || callersByMesh !== undefined;
  if (named && selector === undefined) throw withoutSelector(name);
}

/** The export that the arguments describe, checked as an entry of the configuration is. Fails with a `UserError`. */
export function plannedExport(args: ExportedServiceArgs): pulumi.Output<PlannedExport> {
  return pulumi.output(args).apply((known) => planKnown(known as KnownExport, whichObjects(args)));
}

/** The optional objects of an export; decided by plain arguments alone. */
export interface ExportObjects {
  policy: boolean;
  serviceEntry: boolean;
  destinationRule: boolean;
}

/** Which optional objects exist. */
export function whichObjects(args: ExportedServiceArgs): ExportObjects {
  return {
    policy: args.enforceCallers ?? args.selector !== undefined,
    serviceEntry: args.meshNeutralHost ?? args.host !== undefined,
    destinationRule: (args.subsets ?? []).some((subset) => subset.labels !== undefined),
  };
}

/**
 * The export that known arguments describe.
 * @throws UserError for arguments that are not valid, cannot be enforced, or need another set of objects
 */
export function planKnown(known: KnownExport, objects: ExportObjects): PlannedExport {
  const subject = `export "${known.exportName}"`;
  const trustDomain = known.trustDomain ?? "cluster.local";
  const clusterDomain = known.clusterDomain ?? defaultClusterDomain;
  const plan = planExport(checkedConfig(known), { trustDomain, clusterDomain });
  const wrongHost = exportHostFindings(plan, clusterDomain, "export");
  if (wrongHost.length > 0) throw invalidExport(known.exportName, wrongHost.map(({ problem }) => problem).join("; "));
  const domains: TrustDomains = {
    own: trustDomain,
    ofMeshes: new Map(Object.entries(known.peerTrustDomains ?? {})),
    literal: hasSourceTrustDomains(known.istioMinor ?? supportedIstioMinors[0]),
  };
  const accepted = known.acceptedTrustDomains ?? [];
  const findings = [...callerFindings(plan, domains), ...outsiderFindings(plan, domains, accepted)];
  if (findings.length > 0)
    throw new UserError(
      "export-callers-not-enforceable",
      {
        subject,
        problem: "its callers cannot be enforced",
        remedy: "Correct trustDomain and peerTrustDomains, or set callersApplyTo",
      },
      findings,
    );
  const policy = exportPolicy(plan, domains, accepted);
  if (policy && !objects.policy)
    throw new UserError("export-policy-missing", {
      subject,
      problem: "enforceCallers is false, but the export is not for every identity that the mesh accepts",
      remedy: "Remove enforceCallers",
    });
  if (plan.meshNeutral !== objects.serviceEntry)
    throw new UserError("export-host-kind", {
      subject,
      problem:
        `host "${plan.host}" is ${plan.meshNeutral ? "mesh-neutral" : "the host of the Service"}, ` +
        `but meshNeutralHost is ${objects.serviceEntry}`,
      remedy: plan.meshNeutral ? "Set meshNeutralHost to true" : "Remove host, or set meshNeutralHost to false",
    });
  return {
    plan,
    policy,
    gateway: {
      namespace: known.gatewayNamespace ?? "istio-system",
      labels: known.gatewayLabels ?? managedGatewayLabels(defaultGateway.name),
    },
  };
}

/** The spec of the policy of an export that has one. Without rules it denies nothing. */
export function policySpec({ plan, policy }: PlannedExport): DenyPolicy["spec"] {
  return policy?.spec ?? { selector: { matchLabels: plan.selector ?? {} }, action: "DENY", rules: [] };
}

/** The arguments as an entry of the configuration, checked by its schema. */
function checkedConfig(known: KnownExport): ExportConfig {
  if (namesCallers(known) && known.selector === undefined) throw withoutSelector(known.exportName);
  const { exportName: name, namespace, service, host, ports, selector, serviceAccounts, subjectAltNames } = known;
  const { to, callers, callersByMesh, callersApplyTo, public: isPublic, subsets, allowUndeclaredPorts } = known;
  const entry = { name, namespace, service, host, ports, selector, serviceAccounts, subjectAltNames };
  const result = exportSpec.safeParse({
    ...entry,
    to,
    callers,
    callersByMesh,
    callersApplyTo,
    public: isPublic,
    subsets,
    allowUndeclaredPorts,
  });
  if (result.success) return result.data;
  throw invalidExport(name, result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
}

function invalidExport(name: string, problem: string): UserError {
  const remedy = "Correct the arguments of ExportedService";
  return new UserError("export-invalid", { subject: `export "${name}"`, problem, remedy });
}

function withoutSelector(name: string): UserError {
  return new UserError("export-callers-without-selector", {
    subject: `export "${name}"`,
    problem: "callers is set, but selector is not, so no policy can apply to the serving pods",
    remedy: "Set selector to the labels in the selector of the Service",
  });
}
