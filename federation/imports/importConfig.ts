import { z } from "zod";
import { duplicates, label, podLabels, portNumber, portProtocols, subdomain } from "../config/fields.ts";

/** How `verify` tests one port of an import. */
const probeSpec = z.strictObject({
  /** Default by the port's protocol: `http` for HTTP and HTTP2, `grpc` for GRPC, `tcp` (connect only) for the others. */
  kind: z.enum(["http", "grpc", "tcp"]).optional(),
  /** HTTP method. Default GET. */
  method: z
    .string()
    .regex(/^[A-Z]+$/, "must be an HTTP method in capitals")
    .optional(),
  /** HTTP path. Default `/`. */
  path: z.string().startsWith("/", "must start with /").optional(),
  /** HTTP status codes that count as success. Default: 200. */
  expect: z.array(z.int().min(100).max(599)).min(1).optional(),
  /** Name for gRPC's health check (grpc.health.v1). Default: the empty name, which is the server itself. */
  service: z.string().optional(),
});

/** Who calls an import when it is tested. */
const clientSpec = z.strictObject({
  namespace: label,
  serviceAccount: z.string().min(1),
  /** Label `app` of the client's pods. Default: the service account's name. */
  app: z.string().min(1).optional(),
});

/** One entry of `imports`: a service of one or several other meshes. */
export const importSpec = z
  .strictObject({
    /** The exporter's name for it. */
    name: label,
    /** The mesh that exports it, or several that export the same service. */
    from: z.union([label, z.array(label).min(1, "must name at least one mesh")]),
    /** Host by which it is called here; default the exporter's. */
    as: subdomain.optional(),
    /** Namespace of the objects; default the first of `visibleTo`, for a blended import the Service's. */
    namespace: label.optional(),
    /** Namespaces that may call it. Exactly `["*"]` for a blended import, which everybody sees who sees the Service. */
    visibleTo: z
      .array(z.union([label, z.literal("*")], "must be namespaces"))
      .min(1, "must name at least one namespace that may call it"),
    /** Ports that clients here rely on: the preview fails when the exporter offers one not, or under another protocol. */
    ports: z.array(z.strictObject({ number: portNumber, protocol: z.enum(portProtocols).optional() })).default([]),
    /** Subsets of the export that routes here address. */
    subsets: z.array(label).default([]),
    /** Adds the peer's endpoints to the Service of the same name here, to fail over to: labels and accounts of its pods. */
    blend: z.strictObject({ labels: podLabels }).optional(),
    /** Who calls it when it is tested. */
    client: clientSpec.optional(),
    /** How its ports are tested, by port name or number; a port without a probe is only connected to. */
    probe: z.record(z.string(), probeSpec).default({}),
    /**
     * Whether `up` fails when it does not answer; `probe-pod`: it does, and where the client has no running pod, a pod of
     * its service account calls that lives as long as the proof. Default: the mesh's own key `proof`.
     */
    proof: z.union([z.boolean(), z.literal("probe-pod")], "must be true, false or probe-pod").optional(),
  })
  .superRefine((value, ctx) => {
    const issue = (key: string, input: unknown, message: string) =>
      ctx.addIssue({ code: "custom", path: [key], input, message });
    for (const d of duplicates(meshesOf(value))) issue("from", d, "names a mesh twice");
    for (const d of duplicates(value.visibleTo)) issue("visibleTo", d, "names a namespace twice");
    const everybody = value.visibleTo.includes("*");
    if (value.blend) {
      if (!everybody || value.visibleTo.length > 1)
        issue(
          "visibleTo",
          value.visibleTo,
          'must be ["*"] with blend: the peer\'s endpoints join the local Service, so everybody gets them who calls it',
        );
      if (value.as) issue("as", value.as, "cannot be used with blend: the name is the local Service's");
      if (value.namespace)
        issue("namespace", value.namespace, "cannot be used with blend: the objects stand beside the local Service");
      if (value.subsets.length > 0)
        issue(
          "subsets",
          value.subsets,
          "cannot be used with blend: a peer's endpoint carries no version labels, so a subset would lose the remote side",
        );
    } else if (everybody)
      issue("visibleTo", value.visibleTo, "must name the namespaces that may call it; * is for blended imports only");
  });

export type ImportConfig = z.infer<typeof importSpec>;
export type Probe = z.infer<typeof probeSpec>;

/** The meshes an import comes from, in the order given. */
export function meshesOf(spec: { from: string | string[] }): string[] {
  return typeof spec.from === "string" ? [spec.from] : spec.from;
}

/** Name of an import, by its first mesh: adding a further one renames nothing. */
export function importId(spec: { from: string | string[]; name: string }): string {
  return `${meshesOf(spec)[0]}-${spec.name}`;
}

/** Whether workloads of a namespace see an import. */
export function mayBeCalledFrom({ visibleTo }: { visibleTo: string[] }, namespace: string): boolean {
  return visibleTo.includes("*") || visibleTo.includes(namespace);
}
