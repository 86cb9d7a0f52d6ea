import { z } from "zod";
import { certificateBlock, isSingleCertificate, rootFingerprints } from "../trust/caMaterial.ts";
import { maxRootCharacters, maxRoots } from "../trust/ownRootFindings.ts";
import { defaultClusterDomain } from "../config/defaults.ts";
import {
  account,
  fingerprint,
  gatewayAddress,
  gatewayWeight,
  inLabel,
  inLabelOrEmpty,
  label,
  portNumber,
  portProtocols,
  selectingLabels,
  subdomain,
} from "../config/fields.ts";
import { line, locality, objectName, spiffeId, version } from "./textFields.ts";

/** Version of the shape below, of which a reader takes no other. New fields are only added and leave it as it is. */
export const contractVersion = 1 as const;

/*
 * A contract is input: its publisher is another owner. Every field has the rule that the publisher's own configuration
 * has, and a limit, so that no value can act in an object, a URL, a terminal or a report.
 */

const port = z.object({ name: label, number: portNumber, protocol: z.enum(portProtocols) });
const ports = z.array(port).min(1).max(64);
/** Fields that an earlier release did not write have defaults. */
const labels = z.array(label).max(1000).default([]);

const exported = z.object({
  /** The export's name, unique in its mesh; importers use it. */
  name: label,
  /** Host by which importers call it; also the SNI's last part, so the same on both sides. */
  host: subdomain,
  namespace: label,
  service: label,
  ports,
  /** SPIFFE ids of every account that serves it, of the mesh's trust domain; the importer pins them. */
  subjectAltNames: z.array(spiffeId).min(1, "must name the identities that serve it").max(1000),
  /** Meshes that may import it. */
  to: z.array(label).max(1000),
  /**
   * Callers it is meant for, `namespace/serviceAccount`; with none here and in `callerIds`: any identity of a mesh in
   * `to`.
   */
  callers: z.array(account).max(10_000),
  /** The same by mesh in `to`, where they differ; `callers` are all of them then. */
  callersByMesh: z.record(label, z.array(account).max(10_000)).optional(),
  /** Callers it is meant for whose identity is no service account's, as SPIFFE ids; besides `callers`. */
  callerIds: z.array(spiffeId).max(10_000).default([]),
  /** Whom `callers` binds: callers of other meshes, or those of its own mesh too. */
  callersApplyTo: z.enum(["peers", "everyone"]).default("peers"),
  /** Declared to be for any identity of the meshes in `to`. */
  public: z.boolean().default(false),
  /** Names of the subsets that importers may address. */
  subsets: labels,
});

const probe = z.object({
  kind: z.enum(["http", "grpc", "tcp"]),
  /** `http`: method, path, and the status codes that count as success. */
  method: z
    .string()
    .max(32)
    .regex(/^[A-Z]+$/)
    .optional(),
  path: line.startsWith("/").optional(),
  expect: z.array(z.int().min(100).max(599)).max(500).optional(),
  /** `grpc`: name for grpc.health.v1; empty: the server itself. */
  service: line.optional(),
});

/** `weight` is the share of the calls in relation to the mesh's other gateways. Default: 1. */
const gateway = z.object({ address: gatewayAddress, port: portNumber, weight: gatewayWeight.optional() });

const imported = z.object({
  name: label,
  /** Name of its objects, without `import-`. Default: follows from `name` and the first mesh. */
  id: objectName.optional(),
  /** The mesh it comes from; the first of `meshes`. */
  from: label,
  /** Host by which workloads here call it. */
  host: subdomain,
  namespace: label,
  /** Namespaces that may call it; `*` for a blended import. */
  visibleTo: z.array(z.union([label, z.literal("*")])).max(10_000),
  ports,
  /** All meshes it comes from. */
  meshes: labels,
  /** Host of the export, the last part of the SNI; another than `host` for an import under another name. */
  exportedHost: z.union([subdomain, z.literal("")]).default(""),
  /** SPIFFE ids that may answer. */
  subjectAltNames: z.array(spiffeId).max(1000).default([]),
  /** The gateways in use, as the exporters published them. */
  gateways: z
    .array(gateway.extend({ mesh: label, network: inLabelOrEmpty, locality }))
    .max(1000)
    .default([]),
  /** Subsets that routes here may address. */
  subsets: labels,
  /** Whether it joins the local Service of the same name. */
  blended: z.boolean().default(false),
  /** Whether a DestinationRule is among its objects. Default: it is, as in every earlier release. */
  hasRule: z.boolean().default(true),
  /**
   * Who calls it when it is tested. Its pods are those of the account with the labels `labels`, or, without these, with
   * the label `app`; empty: all of the account. `spiffeId` is another identity than that of the account.
   */
  client: z
    .object({
      namespace: label,
      serviceAccount: objectName,
      app: inLabelOrEmpty,
      labels: selectingLabels.optional(),
      spiffeId: spiffeId.optional(),
    })
    .optional(),
  /** How its ports are tested, by port name; a port without one is only connected to. */
  probe: z.record(label, probe).default({}),
});

const notOneCertificate = "must be one certificate in PEM, with nothing around it";

/** One certificate as PEM text, with nothing around it: readers would differ in which block counts. */
const certificatePem = z
  .string()
  .max(maxRootCharacters)
  .regex(certificateBlock, { error: notOneCertificate, abort: true })
  .refine(isSingleCertificate, notOneCertificate);

/**
 * A root of the mesh. `active` issues the CA that signs now, `next` will, and `retiring` did until the last switch.
 */
const root = z
  .object({ sha256: fingerprint, pem: certificatePem, use: z.enum(["active", "next", "retiring"]) })
  .refine(({ sha256, pem }) => rootFingerprints(pem)[0] === sha256, "sha256 must be that of pem");

/** What a mesh trusts, and which Istio it has. */
export const trustSchema = z.object({
  /** Minor whose behaviour its Istio has; empty where the publisher did not say. */
  istioMinor: version.default(""),
  /** The roots in its own trust bundle, in the bundle's order; empty where they are not known. */
  roots: z.array(root).max(maxRoots).default([]),
  /** Roots by which it accepts each peer, by mesh name: the peer's own as it has anchored them, or a shared one. */
  trusts: z.record(label, z.array(fingerprint).max(16)).default({}),
  /** The CA that signs its workloads' certificates now; absent where it is not known. */
  ca: z.object({ pem: certificatePem }).optional(),
});

const mesh = z.object({
  name: label,
  meshId: inLabel,
  cluster: inLabel,
  network: inLabelOrEmpty,
  trustDomain: subdomain,
  /** The end of the hosts of its Services. An importer accepts another than the default, or its own, by name only. */
  clusterDomain: subdomain.default(defaultClusterDomain),
  istioVersion: version,
  /** `region/zone`, as Istio writes localities. */
  locality,
  istioMinor: trustSchema.shape.istioMinor,
  /** Trust domains besides its own whose callers its workloads accept. */
  acceptedTrustDomains: z.array(subdomain).max(1000).default([]),
  roots: trustSchema.shape.roots,
  trusts: trustSchema.shape.trusts,
  ca: trustSchema.shape.ca,
});

/** What a mesh publishes to its peers as stack output `federation`. Plain values only, never a secret. */
export const contractSchema = z
  .object({
    version: z.literal(contractVersion),
    mesh,
    /** Addresses of the east-west gateway as peers reach it; empty while there is none. */
    gateways: z.array(gateway).max(64),
    exports: z.array(exported).max(10_000),
    imports: z.array(imported).max(10_000),
    /** Peers that the mesh does not trust yet although it should, and why. */
    pendingTrust: z
      .array(z.object({ mesh: label, reason: line }))
      .max(1000)
      .default([]),
    /** Peers that the mesh does not trust for now, by its owner's order. */
    quarantine: z
      .array(
        z.object({
          mesh: label,
          /** Those whose callers a policy denies; empty where none can name the peer alone. */
          trustDomains: z.array(subdomain).max(64).default([]),
        }),
      )
      .max(1000)
      .default([]),
    /** Imports asked for that cannot be made yet, and why. */
    pendingImports: z
      .array(
        z.object({
          name: label,
          from: label,
          reason: line,
          /** `quarantine`: by the order of one of the two owners, so that waiting does not help. */
          cause: label.optional(),
        }),
      )
      .max(10_000),
  })
  .superRefine((value, ctx) => {
    const prefix = `spiffe://${value.mesh.trustDomain}/`;
    value.exports.forEach(({ subjectAltNames }, i) =>
      subjectAltNames.forEach((id, j) => {
        if (!id.startsWith(prefix))
          ctx.addIssue({
            code: "custom",
            path: ["exports", i, "subjectAltNames", j],
            input: id,
            message: `must be of the mesh's own trust domain (${prefix.slice(0, 300)}...)`,
          });
      }),
    );
  });
