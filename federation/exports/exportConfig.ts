import { z } from "zod";
import {
  account,
  duplicates,
  identity,
  label,
  podLabels,
  portNumber,
  portProtocols,
  serviceAccountName,
  subdomain,
} from "../config/fields.ts";
import { spiffeId } from "../objects/names.ts";

const port = z.strictObject({
  name: label,
  /** Port on which importers call it; part of the SNI. */
  number: portNumber,
  protocol: z.enum(portProtocols),
  /** Port of the pods. Default: `number`. The ServiceEntry of a mesh-neutral host and the policy use it. */
  targetPort: portNumber.optional(),
});

const callerForm = "must be namespace/serviceAccount, like sleep/sleep, or a SPIFFE id (spiffe://trust-domain/path)";

/** One entry of `exports`: a service that other meshes may import. */
export const exportSpec = z
  .strictObject({
    /** Name by which importers refer to it; unique in the mesh. */
    name: label,
    /** Namespace of the Service and of the pods that serve it. */
    namespace: label,
    service: label,
    /**
     * Host by which importers call it. Default: the Service's. Any other is mesh-neutral and gets a ServiceEntry here.
     */
    host: subdomain.optional(),
    ports: z.array(port).min(1, "must name at least one port"),
    /** Labels of the serving pods, as in the Service's selector. Required for `callers` and for a mesh-neutral host. */
    selector: podLabels.optional(),
    /** All service accounts that serve it. Importers accept answers from their SPIFFE ids only. */
    serviceAccounts: z.array(serviceAccountName).default([]),
    /** Further SPIFFE ids that serve it, for identities that are no service accounts of `namespace`. */
    subjectAltNames: z
      .array(z.string().startsWith("spiffe://", "must be SPIFFE ids (spiffe://trust-domain/ns/namespace/sa/account)"))
      .default([]),
    /** Meshes that may import it, checked by their previews. */
    to: z.array(label),
    /**
     * Callers that a DENY policy on the serving pods admits: `namespace/account` of any mesh in `to`, or SPIFFE ids of
     * other forms (`spiffe://<trust domain>/<path>`), as SPIRE can issue them. Empty: all identities of meshes in `to`.
     */
    callers: z.array(z.union([account, identity], callerForm)).default([]),
    /** Callers of single meshes in `to`, in place of `callers`. Needs meshes with different trust domains. */
    callersByMesh: z.record(label, z.array(account).min(1, "must name at least one caller")).default({}),
    /**
     * To whose callers `callers` applies: `peers` (default) exempts callers in this mesh, `everyone` does not. If a
     * mesh in `to` has this mesh's trust domain and the host is the Service's own, only `everyone` can be enforced.
     */
    callersApplyTo: z.enum(["peers", "everyone"]).default("peers"),
    /** Declares that every identity of the meshes in `to` may call it, for policies that require named callers. */
    public: z.boolean().default(false),
    /**
     * Accepts that peers reach TCP ports of the Service that `ports` does not name. The gateway has a filter chain for
     * each port of a Service whose host it exposes. Default: the preview refuses such an export.
     */
    allowUndeclaredPorts: z.boolean().default(false),
    /** The same for subsets of DestinationRules that `subsets` does not name. */
    allowUndeclaredSubsets: z.boolean().default(false),
    /** Subsets that importers may address. One without labels must be in a DestinationRule of yours in `namespace`. */
    subsets: z.array(z.strictObject({ name: label, labels: podLabels.optional() })).default([]),
  })
  .superRefine((value, ctx) => {
    const issue = (key: string, input: unknown, message: string) =>
      ctx.addIssue({ code: "custom", path: [key], input, message });
    if (value.serviceAccounts.length + value.subjectAltNames.length === 0)
      issue(
        "serviceAccounts",
        [],
        "must name the service accounts that serve it: without them, importers accept answers from any trusted " +
          "workload",
      );
    for (const key of ["name", "number"] as const)
      for (const d of duplicates(value.ports.map((p) => String(p[key]))))
        issue("ports", d, `has two ports with the same ${key}`);
    for (const d of duplicates(value.subsets.map((s) => s.name)))
      issue("subsets", d, "has two subsets with the same name");
    const restricted = namesCallers(value);
    for (const mesh of Object.keys(value.callersByMesh).filter((name) => !value.to.includes(name)))
      issue("callersByMesh", mesh, "names a mesh that is not in `to`");
    const unnamed = value.to.filter((mesh) => !Object.hasOwn(value.callersByMesh, mesh));
    if (restricted && value.callers.length === 0 && unnamed.length > 0)
      issue("callersByMesh", unnamed, "must name the callers of every mesh in `to`, or `callers` those of the others");
    if (restricted && value.callers.length === 0 && value.callersApplyTo === "everyone")
      issue("callers", [], "must name the callers of this mesh, to whom callersApplyTo: everyone applies, too");
    const byId = value.callers.filter((caller) => caller.startsWith("spiffe://"));
    if (byId.length > 0 && Object.keys(value.callersByMesh).length > 0)
      issue("callers", byId, "cannot have SPIFFE ids with callersByMesh, which names accounts in place of them");
    if (value.public && restricted)
      issue("public", true, "cannot be true with callers: all identities may call it, or the named ones");
    if (!value.selector && restricted)
      issue(
        "selector",
        undefined,
        "must name the labels of the serving pods (the Service's selector), which the policy of callers applies to",
      );
  });

export type ExportConfig = z.infer<typeof exportSpec>;

/** Whether only named callers may call an export. */
export function namesCallers(spec: { callers?: string[]; callersByMesh?: Record<string, string[]> }): boolean {
  return (spec.callers ?? []).length > 0 || Object.keys(spec.callersByMesh ?? {}).length > 0;
}

/**
 * SPIFFE ids that serve an export: the declared ones and those of the declared accounts, sorted, without duplicates.
 */
export function exportSans(spec: ExportConfig, trustDomain: string): string[] {
  const ofAccounts = spec.serviceAccounts.map((account) => spiffeId(trustDomain, spec.namespace, account));
  return [...new Set([...spec.subjectAltNames, ...ofAccounts])].sort();
}
