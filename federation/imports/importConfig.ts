import { z } from "zod";
import {
  duplicates,
  identity,
  inLabel,
  label,
  podLabels,
  portNumber,
  portProtocols,
  selectingLabels,
  serviceAccountName,
  subdomain,
} from "../config/fields.ts";
import { hashedName, labelName } from "../objects/names.ts";
import { retriesSpec, timeoutSpec } from "./routePolicy.ts";
import { connectionPoolSpec, loadBalancerSpec, outlierDetectionSpec } from "./trafficPolicy.ts";

/** How `verify` calls one port of an import. */
const probeSpec = z.strictObject({
  /**
   * Default by the port's protocol: `http` for HTTP and HTTP2, `grpc` for GRPC, `tcp` (connect only) for the others.
   */
  kind: z.enum(["http", "grpc", "tcp"]).optional(),
  /** HTTP method. Default GET. */
  method: z
    .string()
    .regex(/^[A-Z]+$/, "must be an HTTP method in capital letters")
    .optional(),
  /** HTTP path. Default `/`. */
  path: z.string().startsWith("/", "must start with /").optional(),
  /** HTTP status codes that count as success. Default: `[200]`. */
  expect: z.array(z.int().min(100).max(599)).min(1).optional(),
  /** Name for gRPC's health check (grpc.health.v1). Default: the empty name, which is the server itself. */
  service: z.string().optional(),
});

/** The client that calls an import when it is verified. */
const clientSpec = z
  .strictObject({
    namespace: label,
    serviceAccount: serviceAccountName,
    /** Label `app` of the client's pods. Default: all pods of the service account. */
    app: inLabel.optional(),
    /** Labels of the client's pods, such as `app.kubernetes.io/name`; instead of `app`. */
    labels: selectingLabels.optional(),
    /**
     * SPIFFE id of the client, where it does not follow from namespace and account, as with SPIRE. Default:
     * `spiffe://<trust domain>/ns/<namespace>/sa/<serviceAccount>`.
     */
    spiffeId: identity.optional(),
  })
  .superRefine(({ app, labels }, ctx) => {
    if (app !== undefined && labels !== undefined)
      ctx.addIssue({
        code: "custom",
        path: ["labels"],
        input: labels,
        message: "cannot be used with app: name app in it",
      });
  });

/** One entry of `imports`: a service of one or several other meshes. */
export const importSpec = z
  .strictObject({
    /** Name of the export in the exporting mesh. */
    name: label,
    /** The mesh that exports it, or several that export the same service. */
    from: z.union([label, z.array(label).min(1, "must name at least one mesh")]),
    /** Host by which workloads of this mesh call it. Default: the exporter's host. */
    as: subdomain.optional(),
    /** Namespace of the objects. Default: the first of `visibleTo`; for a blended import, the Service's. */
    namespace: label.optional(),
    /** Namespaces that may call it. Exactly `["*"]` for a blended import, which is visible wherever the Service is. */
    visibleTo: z
      .array(z.union([label, z.literal("*")], "must be namespaces"))
      .min(1, "must name at least one namespace that may call it"),
    /**
     * Ports to import, on which clients in this mesh rely. The preview fails if the exporter lacks one or has another
     * protocol. Default: all ports of the export.
     */
    ports: z.array(z.strictObject({ number: portNumber, protocol: z.enum(portProtocols).optional() })).default([]),
    /** Subsets of the export that routes in this mesh address. */
    subsets: z.array(label).default([]),
    /** Adds the peer's endpoints to the local Service of the same name, for failover. `labels`: those of its pods. */
    blend: z.strictObject({ labels: podLabels }).optional(),
    /** Limits of connections and calls, in each client's sidecar. Default: Istio's. */
    connectionPool: connectionPoolSpec.optional(),
    /** How a client's sidecar chooses an endpoint. Default: Istio's. */
    loadBalancer: loadBalancerSpec.optional(),
    /** When an endpoint is left out. A field that is not set has this project's default, where it has one. */
    outlierDetection: outlierDetectionSpec.optional(),
    /** Retries of a failed HTTP call. Default: the mesh's (`meshConfig.defaultHttpRetryPolicy`). */
    retries: retriesSpec.optional(),
    /** How long an HTTP call may take, retries included. Default: no limit. */
    timeout: timeoutSpec.optional(),
    /** The client that calls it when it is verified. */
    client: clientSpec.optional(),
    /** How its ports are called, by port name or number. `verify` only connects to a port without a probe. */
    probe: z.record(z.string(), probeSpec).default({}),
    /**
     * Whether `up` fails when the import does not answer. With `probe-pod`, a short-lived pod of the client's service
     * account calls if the client has no running pod. Default: the mesh's key `verifyOnUp`.
     */
    verifyOnUp: z.union([z.boolean(), z.literal("probe-pod")], "must be true, false or probe-pod").optional(),
  })
  .superRefine((value, ctx) => {
    const issue = (key: string, input: unknown, message: string) =>
      ctx.addIssue({ code: "custom", path: [key], input, message });
    for (const d of duplicates(meshesOf(value))) issue("from", d, "names a mesh twice");
    for (const d of duplicates(value.visibleTo)) issue("visibleTo", d, "names a namespace twice");
    const allNamespaces = value.visibleTo.includes("*");
    if (value.blend) {
      if (!allNamespaces || value.visibleTo.length > 1)
        issue(
          "visibleTo",
          value.visibleTo,
          'must be ["*"] with blend: the peer\'s endpoints join the local Service, so all its callers use them',
        );
      if (value.as) issue("as", value.as, "cannot be used with blend: the host is the local Service's");
      if (value.namespace)
        issue(
          "namespace",
          value.namespace,
          "cannot be used with blend: the objects are in the local Service's namespace",
        );
      if (value.subsets.length > 0)
        issue(
          "subsets",
          value.subsets,
          "cannot be used with blend: a peer's endpoint has no version labels, so a subset would exclude it",
        );
    } else if (allNamespaces)
      issue("visibleTo", value.visibleTo, "must name the namespaces that may call it; only a blended import has *");
  });

export type ImportConfig = z.infer<typeof importSpec>;
export type Probe = z.infer<typeof probeSpec>;

/** The meshes an import comes from, in the order given. */
export function meshesOf(spec: { from: string | string[] }): string[] {
  return typeof spec.from === "string" ? [spec.from] : spec.from;
}

/**
 * Name of an import's objects, which fits into a label. It contains the first mesh only, so that adding another renames
 * nothing. A hash tells `eu-cart` of `prod` from `cart` of `prod-eu`.
 */
export function importId(spec: { from: string | string[]; name: string }): string {
  const [mesh, { name }] = [meshesOf(spec)[0]!, spec];
  const whole = `${mesh}/${name}`;
  return whole.includes("-") ? hashedName(`${mesh}-${name}`, whole) : labelName(`${mesh}-${name}`);
}

/** Whether an import is visible to workloads of a namespace. */
export function isVisibleFrom({ visibleTo }: { visibleTo: string[] }, namespace: string): boolean {
  return visibleTo.includes("*") || visibleTo.includes(namespace);
}
