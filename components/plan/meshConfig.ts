import { z } from "zod";
import { slotProblem } from "./addressPool.ts";
import { parseCidr, parseIPv4 } from "./cidr.ts";
import { minorOf, supportedIstioMinors } from "./istioVersions.ts";
import { rfc1123Label, rfc1123Subdomain, serviceHost, spiffeId } from "./names.ts";

/** Protocols a port may declare. https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
export const portProtocols = ["HTTP", "HTTP2", "GRPC", "TCP", "TLS", "HTTPS"] as const;

const label = z.string().regex(rfc1123Label, "must be an RFC 1123 label: lower-case letters, digits and '-', at most 63, no '-' at either end");
const subdomain = z.string().regex(rfc1123Subdomain, "must be an RFC 1123 host name: labels of lower-case letters, digits and '-', joined by dots");
const cidr = z.string().superRefine(describing(parseCidr));
const ipv4 = z.string().superRefine(describing(parseIPv4));
const caller = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/, "must be namespace/serviceAccount, like sleep/sleep");
const portNumber = z.int("must be a whole number from 1 to 65535").min(1, "must be 1 to 65535").max(65535, "must be 1 to 65535");

const mesh = z.strictObject({
  name: label.optional(),
  meshId: label.optional(),
  cluster: label.optional(),
  network: label.optional(),
  trustDomain: subdomain.default("cluster.local"),
  slot: z.int().optional(),
  locality: z.strictObject({ region: label, zone: label }).optional(),
});

const cluster = z.discriminatedUnion(
  "provider",
  [
    z.strictObject({
      provider: z.literal("kind"),
      podSubnet: cidr,
      serviceSubnet: cidr,
      nodeImage: z.string().min(1).optional(),
      kubernetesVersion: z.string().min(1).optional(),
    }),
    z.strictObject({
      provider: z.literal("existing"),
      kubeconfigPath: z.string().min(1).optional(),
      context: z.string().min(1).optional(),
      podSubnet: cidr.optional(),
      serviceSubnet: cidr.optional(),
    }),
  ],
  { error: "provider must be one of kind, existing" },
);

const loadBalancer = z.discriminatedUnion(
  "provider",
  [
    z.strictObject({ provider: z.literal("metallb"), slots: z.int().default(4), addresses: z.array(cidr).min(1).optional() }),
    z.strictObject({ provider: z.literal("none") }),
  ],
  { error: "provider must be one of metallb, none" },
);

const ca = z.discriminatedUnion(
  "provider",
  [z.strictObject({ provider: z.literal("managed"), stack: z.string().min(1).default("trust") }), z.strictObject({ provider: z.literal("existing") })],
  { error: "provider must be one of managed, existing" },
);

const istio = z
  .discriminatedUnion(
    "provider",
    [
      z.strictObject({
        provider: z.literal("managed"),
        version: z.string().min(1).optional(),
        istioMinor: z.enum(supportedIstioMinors).optional(),
        hub: z.string().min(1).optional(),
        tag: z.string().min(1).optional(),
        charts: z.strictObject({ base: z.string(), istiod: z.string() }).optional(),
        chartRepository: z.string().optional(),
        values: z.record(z.string(), z.unknown()).optional(),
      }),
      z.strictObject({
        provider: z.literal("existing"),
        version: z.string().min(1),
        istioMinor: z.enum(supportedIstioMinors).optional(),
        namespace: label.default("istio-system"),
      }),
    ],
    { error: "provider must be one of managed, existing" },
  )
  .superRefine((value, ctx) => {
    if (value.version && !value.istioMinor && !minorOf(value.version))
      ctx.addIssue({
        code: "custom",
        path: ["version"],
        input: value.version,
        message: `is not of a supported minor (${supportedIstioMinors.join(", ")}); if it behaves like one of them, say which in istioMinor`,
      });
  });

const gateway = z.discriminatedUnion(
  "provider",
  [
    z.strictObject({ provider: z.literal("managed"), name: label.default("istio-eastwestgateway"), namespace: label.default("istio-system") }),
    z.strictObject({
      provider: z.literal("existing"),
      namespace: label.default("istio-system"),
      labels: z.record(z.string(), z.string()).default({ istio: "eastwestgateway" }),
      addresses: z.array(ipv4).min(1),
      port: portNumber.default(15443),
    }),
    z.strictObject({ provider: z.literal("none") }),
  ],
  { error: "provider must be one of managed, existing, none" },
);

const exportSpec = z
  .strictObject({
    name: label,
    namespace: label,
    service: label,
    host: subdomain.optional(),
    ports: z.array(z.strictObject({ name: label, number: portNumber, protocol: z.enum(portProtocols) })).min(1, "must name at least one port"),
    serviceAccounts: z.array(label).default([]),
    subjectAltNames: z.array(z.string().startsWith("spiffe://", "must be SPIFFE ids (spiffe://trust-domain/ns/namespace/sa/account)")).default([]),
    to: z.array(label),
    callers: z.array(caller).default([]),
  })
  .superRefine((value, ctx) => {
    if (value.serviceAccounts.length + value.subjectAltNames.length === 0)
      ctx.addIssue({ code: "custom", path: ["serviceAccounts"], input: [], message: "must name the service accounts that serve it: importers pin them, and without them any trusted workload could answer" });
    for (const key of ["name", "number"] as const)
      duplicates(value.ports.map((p) => String(p[key]))).forEach((d) =>
        ctx.addIssue({ code: "custom", path: ["ports"], input: d, message: `has two ports of the same ${key}` }),
      );
  });

const importSpec = z.strictObject({
  name: label,
  from: label,
  namespace: label.optional(),
  visibleTo: z.array(label).min(1, "must name at least one namespace that may call it"),
});

/** The configuration of one mesh stack, key by key. Every default that needs no other key is here. */
export const meshConfigSchema = z.strictObject({
  mesh: mesh.prefault({}),
  cluster,
  loadBalancer: loadBalancer.optional(),
  ca: ca.prefault({ provider: "managed" }),
  istio: istio.prefault({ provider: "managed" }),
  gateway: gateway.optional(),
  samples: z.array(z.enum(["sleep", "httpbin"])).default([]),
  sampleImages: z.strictObject({ sleep: z.string().min(1).optional(), httpbin: z.string().min(1).optional() }).prefault({}),
  exports: z.array(exportSpec).default([]),
  imports: z.array(importSpec).default([]),
  peers: z.record(label, z.strictObject({ stack: z.string().regex(/^[^/]+\/[^/]+\/[^/]+$/, "must be organization/project/stack") })).default({}),
  requireImports: z.boolean().default(false),
});

export type RawMeshConfig = z.infer<typeof meshConfigSchema>;
export type ExportConfig = RawMeshConfig["exports"][number];
export type ImportConfig = RawMeshConfig["imports"][number];

/** The host by which an export is called. */
export function exportHost(spec: ExportConfig): string {
  return spec.host ?? serviceHost(spec.service, spec.namespace);
}

/** SPIFFE ids that serve an export: the declared ones and those of the declared accounts, sorted, each once. */
export function exportSans(spec: ExportConfig, trustDomain: string): string[] {
  const ofAccounts = spec.serviceAccounts.map((account) => spiffeId(trustDomain, spec.namespace, account));
  return [...new Set([...spec.subjectAltNames, ...ofAccounts])].sort();
}

/** Values that occur more than once, each named once. */
export function duplicates(values: string[]): string[] {
  return [...new Set(values.filter((v, i) => values.indexOf(v) !== i))];
}

export { slotProblem };

function describing(parse: (text: string) => unknown) {
  return (text: string, ctx: z.RefinementCtx) => {
    try {
      parse(text);
    } catch (error) {
      ctx.addIssue({ code: "custom", input: text, message: (error as Error).message });
    }
  };
}
