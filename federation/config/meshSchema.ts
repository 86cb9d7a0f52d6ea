import { z } from "zod";
import { cidr, gatewayAddress, label, portNumber, rangeOrName, subdomain } from "./fields.ts";
import { defaultGateway, defaultSlots, defaultTrustDomain, istioNamespace } from "./defaults.ts";
import { exportSpec } from "../exports/exportConfig.ts";
import { importSpec } from "../imports/importConfig.ts";
import { minorOf, supportedIstioMinors } from "./versions.ts";

const mesh = z.strictObject({
  name: label.optional(),
  meshId: label.optional(),
  cluster: label.optional(),
  network: label.optional(),
  trustDomain: subdomain.default(defaultTrustDomain),
  /** Further trust domains that an existing Istio accepts. A managed Istio accepts those of its importers. */
  acceptedTrustDomains: z.array(subdomain).default([]),
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
      kubernetesVersion: z
        .string()
        .regex(/^\d+\.\d+\.\d+$/, "must be a version without v, like 1.34.11")
        .optional(),
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
    z.strictObject({
      provider: z.literal("metallb"),
      slots: z.int().default(defaultSlots),
      addresses: z.array(cidr).min(1).optional(),
    }),
    z.strictObject({ provider: z.literal("none") }),
  ],
  { error: "provider must be one of metallb, none" },
);

const ca = z.discriminatedUnion(
  "provider",
  [
    z.strictObject({ provider: z.literal("managed"), stack: z.string().min(1).default("trust") }),
    z.strictObject({ provider: z.literal("existing") }),
  ],
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
        namespace: label.default(istioNamespace),
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
        message: `must be of a supported minor (${supportedIstioMinors.join(", ")}), or name one in istioMinor`,
      });
  });

const gateway = z.discriminatedUnion(
  "provider",
  [
    z.strictObject({
      provider: z.literal("managed"),
      name: label.default(defaultGateway.name),
      namespace: label.default(defaultGateway.namespace),
      /** Published to peers instead of the load balancer's own addresses, e.g. a DNS name that leads to it. */
      addresses: z.array(gatewayAddress).min(1).optional(),
    }),
    z.strictObject({
      provider: z.literal("existing"),
      namespace: label.default(defaultGateway.namespace),
      labels: z.record(z.string(), z.string()).default({ istio: "eastwestgateway" }),
      addresses: z.array(gatewayAddress).min(1),
      port: portNumber.default(15443),
    }),
    z.strictObject({ provider: z.literal("none") }),
  ],
  { error: "provider must be one of managed, existing, none" },
);

/** Where a peer's contract is: in a stack, or in a reviewed file from its owner. */
const peer = z
  .strictObject({
    stack: z
      .string()
      .regex(/^[^/]+\/[^/]+\/[^/]+$/, "must be organization/project/stack")
      .optional(),
    file: z.string().min(1).optional(),
    /** Suffixes of the hosts that it may export, besides its Services' own. Any other host needs `as`. */
    hosts: z.array(subdomain).default([]),
    /** Ranges (address/prefix) and names that its gateways may have although no other mesh should. */
    allowedAddresses: z.array(rangeOrName).default([]),
    /** The peer's trust domain, where it is not this mesh's and the peer has no file in `stacks/`. */
    trustDomain: subdomain.optional(),
  })
  .refine((p) => !(p.stack && p.file), "must have stack or file, not both");

/** The configuration of one mesh stack, key by key. Every default that needs no other key is here. */
export const meshConfigSchema = z.strictObject({
  mesh: mesh.prefault({}),
  cluster,
  loadBalancer: loadBalancer.optional(),
  ca: ca.prefault({ provider: "managed" }),
  istio: istio.prefault({ provider: "managed" }),
  gateway: gateway.optional(),
  samples: z.array(z.enum(["sleep", "httpbin"])).default([]),
  sampleImages: z
    .strictObject({ sleep: z.string().min(1).optional(), httpbin: z.string().min(1).optional() })
    .prefault({}),
  exports: z.array(exportSpec).default([]),
  imports: z.array(importSpec).default([]),
  peers: z.record(label, peer).default({}),
  requireImports: z.boolean().default(false),
  /** Whether `up` fails when an import does not answer. */
  verifyOnUp: z.boolean().default(false),
  /** Exports that may be removed or narrowed although meshes still import them. */
  allowBreaking: z.array(label).default([]),
});

export type RawMeshConfig = z.infer<typeof meshConfigSchema>;
