import { z } from "zod";
import { account, duplicates, label, podLabels, portNumber, portProtocols, subdomain } from "../config/fields.ts";
import { serviceHost, spiffeId } from "../objects/names.ts";

const port = z.strictObject({
  name: label,
  /** The port by which it is called; part of the SNI. */
  number: portNumber,
  protocol: z.enum(portProtocols),
  /** The pods' port; default `number`. Used by a mesh-neutral host only: a Service knows its own. */
  targetPort: portNumber.optional(),
});

/** One entry of `exports`: a service that other meshes may import. */
export const exportSpec = z
  .strictObject({
    /** By which importers name it; unique in the mesh. */
    name: label,
    /** Namespace of the Service and of the pods that serve it. */
    namespace: label,
    service: label,
    /** Host by which it is called; default the Service's own. Any other is mesh-neutral and gets a ServiceEntry here. */
    host: subdomain.optional(),
    ports: z.array(port).min(1, "must name at least one port"),
    /** Labels of the serving pods, as in the Service's selector. Needed for `callers` and for a mesh-neutral host. */
    selector: podLabels.optional(),
    /** All service accounts that serve it; importers pin their SPIFFE ids. */
    serviceAccounts: z.array(label).default([]),
    /** Further SPIFFE ids that serve it, for identities of another form. */
    subjectAltNames: z
      .array(z.string().startsWith("spiffe://", "must be SPIFFE ids (spiffe://trust-domain/ns/namespace/sa/account)"))
      .default([]),
    /** Meshes that may import it; enforced when they plan. */
    to: z.array(label),
    /** Who may call it, enforced at run time by a DENY policy on the serving pods; empty: any identity of a mesh in `to`. */
    callers: z.array(account).default([]),
    /**
     * Whom `callers` binds: `peers` (default) leaves callers in this mesh alone; `everyone` binds them too. Where a mesh
     * in `to` has this mesh's trust domain and the host is the Service's own, only `everyone` can be enforced.
     */
    callersApplyTo: z.enum(["peers", "everyone"]).default("peers"),
    /** Declares that every identity of the meshes in `to` may call it, for reviews that ask for named callers. */
    public: z.boolean().default(false),
    /** Versions that importers may address by name. Without labels, a DestinationRule of yours in the same namespace has it. */
    subsets: z.array(z.strictObject({ name: label, labels: podLabels.optional() })).default([]),
  })
  .superRefine((value, ctx) => {
    const issue = (key: string, input: unknown, message: string) =>
      ctx.addIssue({ code: "custom", path: [key], input, message });
    if (value.serviceAccounts.length + value.subjectAltNames.length === 0)
      issue(
        "serviceAccounts",
        [],
        "must name the service accounts that serve it: importers pin them, and without them any trusted workload could answer",
      );
    for (const key of ["name", "number"] as const)
      for (const d of duplicates(value.ports.map((p) => String(p[key]))))
        issue("ports", d, `has two ports of the same ${key}`);
    for (const d of duplicates(value.subsets.map((s) => s.name)))
      issue("subsets", d, "has two subsets of the same name");
    if (value.public && value.callers.length > 0)
      issue("public", true, "says that any identity may call it, but callers names some: keep one of the two");
    const neutral = exportHost(value) !== serviceHost(value.service, value.namespace);
    if (!value.selector && value.callers.length > 0)
      issue(
        "selector",
        undefined,
        "must name the labels of the serving pods (the Service's selector): the policy that enforces callers applies to them",
      );
    else if (!value.selector && neutral)
      issue(
        "selector",
        undefined,
        "must name the labels of the serving pods (the Service's selector): the mesh-neutral host leads to them",
      );
    if (value.host?.endsWith(".svc.cluster.local") && neutral)
      issue(
        "host",
        value.host,
        `is the name of another Service; leave it out (${serviceHost(value.service, value.namespace)}), or choose a mesh-neutral name such as ${value.service}.mesh.global`,
      );
  });

export type ExportConfig = z.infer<typeof exportSpec>;

/** The host by which an export is called. */
export function exportHost(spec: { host?: string | undefined; service: string; namespace: string }): string {
  return spec.host ?? serviceHost(spec.service, spec.namespace);
}

/** SPIFFE ids that serve an export: the declared ones and those of the declared accounts, sorted, each once. */
export function exportSans(spec: ExportConfig, trustDomain: string): string[] {
  const ofAccounts = spec.serviceAccounts.map((account) => spiffeId(trustDomain, spec.namespace, account));
  return [...new Set([...spec.subjectAltNames, ...ofAccounts])].sort();
}
