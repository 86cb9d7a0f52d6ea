import { z } from "zod";
import {
  chartRepository,
  cidr,
  fingerprint,
  hours,
  inLabel,
  inLabelOrEmpty,
  label,
  portNumber,
  subdomain,
  subjectName,
  weightedAddress,
} from "./fields.ts";
import {
  defaultClusterDomain,
  defaultGateway,
  defaultGatewayPort,
  defaultSlots,
  defaultTrustDomain,
} from "./defaults.ts";
import { profiles } from "../cluster/profile.ts";
import { exportSpec } from "../exports/exportConfig.ts";
import { importSpec } from "../imports/importConfig.ts";
import { importRulesValues } from "../imports/importRule.ts";
import { istio } from "./istioSchema.ts";
import { peerSettings } from "./peerSettings.ts";

const mesh = z.strictObject({
  name: label.optional(),
  meshId: inLabel.optional(),
  cluster: inLabel.optional(),
  network: inLabelOrEmpty.optional(),
  trustDomain: subdomain.default(defaultTrustDomain),
  /** Further trust domains that an existing Istio accepts. A managed Istio accepts those of its importers. */
  acceptedTrustDomains: z.array(subdomain).default([]),
  /** The cluster's DNS domain, which Istio has as `global.proxy.clusterDomain`: the end of the hosts of Services. */
  clusterDomain: subdomain.default(defaultClusterDomain),
  slot: z.int().optional(),
  locality: z.strictObject({ region: inLabel, zone: inLabel }).optional(),
});

const cluster = z.discriminatedUnion(
  "provider",
  [
    z.strictObject({
      provider: z.literal("kind"),
      podSubnet: cidr,
      serviceSubnet: cidr,
      /** Nodes besides the one of the control plane. */
      workers: z.int("must be a whole number").min(0, "must be at least 0").max(9, "must be at most 9").default(0),
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
      chartRepository: chartRepository.optional(),
    }),
    z.strictObject({ provider: z.literal("none") }),
  ],
  { error: "provider must be one of metallb, none" },
);

/** Number of a key or a root, counted from 1. A new number makes a new one. */
const generation = z.int("must be a whole number").min(1, "must be at least 1").max(1000, "must be at most 1000");

const ca = z.discriminatedUnion(
  "provider",
  [
    /** The mesh makes key and request, and the trust stack signs with a root that meshes share. */
    z.strictObject({
      provider: z.literal("shared"),
      stack: z.string().min(1).default("trust"),
      root: generation.default(1),
      key: generation.default(1),
    }),
    /** The mesh makes its root and its intermediate. */
    z.strictObject({
      provider: z.literal("own"),
      root: generation.default(1),
      key: generation.default(1),
      organization: subjectName.optional(),
      validityHours: hours.optional(),
      intermediateValidityHours: hours.optional(),
      earlyRenewalHours: hours.optional(),
    }),
    /** The mesh makes key and request; somebody else signs, and the certificate comes back as a file. */
    z.strictObject({
      provider: z.literal("signed"),
      /** File with the certificate, the ones between it and the root, and the roots: PEM. */
      certificateFile: z.string().min(1),
      key: generation.default(1),
    }),
    /** The secret key `caMaterial`. */
    z.strictObject({ provider: z.literal("existing") }),
    /** Something else signs the workloads' certificates: istio-csr, SPIRE, a cloud's CA. Nothing is made. */
    z.strictObject({ provider: z.literal("external"), rootFile: z.string().min(1).optional() }),
  ],
  { error: "provider must be one of shared, own, signed, existing, external" },
);

/** A change of the mesh's root, one phase per `up`. */
const rotation = z.strictObject({
  /** Number of the root that becomes the active one. */
  next: generation,
  phase: z.enum(["add", "switch", "remove"]),
});

const gateway = z.discriminatedUnion(
  "provider",
  [
    z.strictObject({
      provider: z.literal("managed"),
      name: label.default(defaultGateway.name),
      namespace: label.default(defaultGateway.namespace),
      /** Whether the program creates the namespace, and `destroy` deletes it with all that it contains. */
      createNamespace: z.boolean().default(false),
      /** Published to peers instead of the load balancer's own addresses, e.g. a DNS name that leads to it. */
      addresses: z.array(weightedAddress).min(1).optional(),
      /** At which peers reach it: of the Service, or of the nodes with a Service of type NodePort. */
      port: portNumber.default(defaultGatewayPort),
      /** For chart `gateway`; those of `service` become the gateway's Service. */
      values: z.record(z.string(), z.unknown()).optional(),
    }),
    z.strictObject({
      provider: z.literal("existing"),
      namespace: label.default(defaultGateway.namespace),
      labels: z.record(z.string(), z.string()).default({ istio: "eastwestgateway" }),
      addresses: z.array(weightedAddress).min(1),
      port: portNumber.default(defaultGatewayPort),
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
    ...peerSettings,
    /** SHA-256 of its roots that this mesh trusts, where the two have no root in common. */
    roots: z.array(fingerprint).max(16).default([]),
  })
  .refine((p) => !(p.stack && p.file), "must have stack or file, not both");

/** The configuration of one mesh stack, key by key. Every default that needs no other key is here. */
export const meshConfigSchema = z.strictObject({
  mesh: mesh.prefault({}),
  profile: z.enum(profiles).default("production"),
  cluster,
  loadBalancer: loadBalancer.optional(),
  /** Default: `shared` for a managed Istio, `external` for an existing one. */
  ca: ca.optional(),
  /** Of a CA that is `shared` or `own`. */
  rotation: rotation.optional(),
  /** Meshes that this one does not trust for now, although it exports to them or imports from them. */
  quarantine: z.array(label).default([]),
  istio: istio.prefault({ provider: "managed" }),
  gateway: gateway.optional(),
  samples: z.array(z.enum(["sleep", "httpbin"])).default([]),
  sampleImages: z
    .strictObject({ sleep: z.string().min(1).optional(), httpbin: z.string().min(1).optional() })
    .prefault({}),
  exports: z.array(exportSpec).default([]),
  imports: z.array(importSpec).default([]),
  /** Which imports have a DestinationRule: those of which it says something, or every one. */
  importRules: z.enum(importRulesValues).default("whenNeeded"),
  peers: z.record(label, peer).default({}),
  requireImports: z.boolean().default(false),
  /** Whether `up` fails when an import does not answer. */
  verifyOnUp: z.boolean().default(false),
  /** Exports that may be removed or narrowed although meshes still import them. */
  allowBreaking: z.array(label).default([]),
});

export type RawMeshConfig = z.infer<typeof meshConfigSchema>;
