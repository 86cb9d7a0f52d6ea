import * as pulumi from "@pulumi/pulumi";
import type { GatewaySelector } from "../federation/cluster/gatewayObjects.ts";
import { UserError } from "../federation/errors/userError.ts";
import { exportSpec, type ExportConfig } from "../federation/exports/exportConfig.ts";
import { planExport, type ExportPlan } from "../federation/exports/exportPlan.ts";
import { callerFindings, exportPolicy, type DenyPolicy } from "../federation/exports/exportPolicy.ts";
import type { TrustDomains } from "../federation/trust/trustDomains.ts";

/** A port of an exported service. */
export interface ExportedPort {
  /** Name of the port. */
  name: pulumi.Input<string>;
  /** Port by which the service is called. It is part of the SNI. */
  number: pulumi.Input<number>;
  /** Istio protocol: `HTTP`, `HTTP2`, `GRPC`, `TCP`, `TLS` or `HTTPS`. */
  protocol: pulumi.Input<string>;
  /**
   * Port of the pods. Where every port has one, the policy applies to these ports of the pods alone.
   * @default number
   */
  targetPort?: pulumi.Input<number>;
}

/** A version of an exported service that importers may address by name. */
export interface ExportedSubset {
  /** Name of the subset. */
  name: pulumi.Input<string>;
  /**
   * Labels of the subset's pods. Whether they are given is plain: with labels, a DestinationRule is created.
   * @default none: a DestinationRule of the service's owner has the subset
   */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Arguments of {@link ExportedService}. */
export interface ExportedServiceArgs {
  /** Name by which importers refer to the export, unique in the mesh. Objects are named `export-<exportName>`. */
  exportName: pulumi.Input<string>;
  /** Namespace of the Service and of the pods that serve it. */
  namespace: pulumi.Input<string>;
  /** Name of the Service. */
  service: pulumi.Input<string>;
  /**
   * Host by which importers call it. Any other host than the default is mesh-neutral and needs a `selector`.
   * @default the host of the Service, `<service>.<namespace>.svc.cluster.local`
   */
  host?: pulumi.Input<string>;
  /**
   * Whether `host` is mesh-neutral. Plain, because a mesh-neutral host gets a ServiceEntry.
   * @default true when `host` is given
   */
  meshNeutralHost?: boolean;
  /** Ports of the service; at least one. */
  ports: pulumi.Input<pulumi.Input<ExportedPort>[]>;
  /**
   * Labels of the serving pods, as in the selector of the Service. Required with `callers` and for a mesh-neutral host.
   * @default none
   */
  selector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Service accounts that serve it, in `namespace`. Importers pin their SPIFFE ids. At least one here or in
   * `subjectAltNames`.
   * @default []
   */
  serviceAccounts?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Further SPIFFE ids that serve it.
   * @default []
   */
  subjectAltNames?: pulumi.Input<pulumi.Input<string>[]>;
  /** Names of the meshes that may import it. */
  to: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Callers that may call it, as `namespace/serviceAccount`. An AuthorizationPolicy denies all others.
   * @default none, which admits every identity of the meshes in `to`
   */
  callers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Which callers the list `callers` restricts: those of other meshes, or those of this mesh too.
   * @default "peers"
   */
  callersApplyTo?: pulumi.Input<"peers" | "everyone">;
  /**
   * Whether an AuthorizationPolicy is created. Plain, because it decides whether the object exists. `false` is rejected
   * when the other arguments need a policy.
   * @default true when `selector` is given
   */
  enforceCallers?: boolean;
  /**
   * Declares that every identity of the meshes in `to` may call it, for reviews that require named callers.
   * @default false
   */
  public?: pulumi.Input<boolean>;
  /**
   * Versions that importers may address by name. A plain array, because labels decide whether a DestinationRule exists.
   * @default []
   */
  subsets?: ExportedSubset[];
  /**
   * Namespace of the east-west gateway.
   * @default "istio-system"
   */
  gatewayNamespace?: pulumi.Input<string>;
  /**
   * Labels that select the pods of the east-west gateway.
   * @default { istio: "eastwestgateway" }
   */
  gatewayLabels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Trust domain of this mesh.
   * @default "cluster.local"
   */
  trustDomain?: pulumi.Input<string>;
  /**
   * Trust domains of other meshes, by mesh name. Required for the meshes in `to` when `callers` is given.
   * @default {}
   */
  peerTrustDomains?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Trust domains besides its own whose certificates the mesh accepts. The policy denies those of meshes not in `to`.
   * @default []
   */
  acceptedTrustDomains?: pulumi.Input<pulumi.Input<string>[]>;
}

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
export function checkPlainArgs({ callers, selector }: ExportedServiceArgs, name: string): void {
  if (Array.isArray(callers) && callers.length > 0 && selector === undefined) throw withoutSelector(name);
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
  const plan = planExport(checkedConfig(known), trustDomain);
  const domains: TrustDomains = { own: trustDomain, ofMeshes: new Map(Object.entries(known.peerTrustDomains ?? {})) };
  const findings = callerFindings(plan, domains);
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
  const policy = exportPolicy(plan, domains, known.acceptedTrustDomains ?? []);
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
      labels: known.gatewayLabels ?? { istio: "eastwestgateway" },
    },
  };
}

/** The spec of the policy of an export that has one. Without rules it denies nothing. */
export function policySpec({ plan, policy }: PlannedExport): DenyPolicy["spec"] {
  return policy?.spec ?? { selector: { matchLabels: plan.selector ?? {} }, action: "DENY", rules: [] };
}

/** The arguments as an entry of the configuration, checked by its schema. */
function checkedConfig(known: KnownExport): ExportConfig {
  if ((known.callers ?? []).length > 0 && known.selector === undefined) throw withoutSelector(known.exportName);
  const { exportName: name, namespace, service, host, ports, selector, serviceAccounts, subjectAltNames } = known;
  const { to, callers, callersApplyTo, public: isPublic, subsets } = known;
  const entry = { name, namespace, service, host, ports, selector, serviceAccounts, subjectAltNames };
  const result = exportSpec.safeParse({ ...entry, to, callers, callersApplyTo, public: isPublic, subsets });
  if (result.success) return result.data;
  throw new UserError("export-invalid", {
    subject: `export "${known.exportName}"`,
    problem: result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "),
    remedy: "Correct the arguments of ExportedService",
  });
}

function withoutSelector(name: string): UserError {
  return new UserError("export-callers-without-selector", {
    subject: `export "${name}"`,
    problem: "callers is set, but selector is not, so no policy can apply to the serving pods",
    remedy: "Set selector to the labels in the selector of the Service",
  });
}
