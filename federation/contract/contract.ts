import { z } from "zod";
import { UserError, type Finding } from "../errors/userError.ts";

/** Name of the stack output in which a mesh publishes its contract. */
export const federationOutput = "federation";

/** Version of the shape below, of which a reader takes no other. New fields are only added and leave it as it is. */
export const contractVersion = 1 as const;

const port = z.object({ name: z.string(), number: z.number().int(), protocol: z.string() });
/** Fields that an earlier release did not write have defaults. */
const names = z.array(z.string()).default([]);

const exported = z.object({
  /** The export's name, unique in its mesh; importers use it. */
  name: z.string(),
  /** Host by which importers call it; also the SNI's last part, so the same on both sides. */
  host: z.string(),
  namespace: z.string(),
  service: z.string(),
  ports: z.array(port),
  /** SPIFFE ids of every account that serves it; the importer pins them. */
  subjectAltNames: z.array(z.string()),
  /** Meshes that may import it. */
  to: z.array(z.string()),
  /** Callers it is meant for, `namespace/serviceAccount`; empty: any identity of a mesh in `to`. */
  callers: z.array(z.string()),
  /** Whom `callers` binds: callers of other meshes, or those of its own mesh too. */
  callersApplyTo: z.enum(["peers", "everyone"]).default("peers"),
  /** Declared to be for any identity of the meshes in `to`. */
  public: z.boolean().default(false),
  /** Names of the subsets that importers may address. */
  subsets: names,
});

const probe = z.object({
  kind: z.enum(["http", "grpc", "tcp"]),
  /** `http`: method, path, and the status codes that count as success. */
  method: z.string().optional(),
  path: z.string().optional(),
  expect: z.array(z.number().int()).optional(),
  /** `grpc`: name for grpc.health.v1; empty: the server itself. */
  service: z.string().optional(),
});

const imported = z.object({
  name: z.string(),
  /** Name of its objects, without `import-`. Default: follows from `name` and the first mesh. */
  id: z.string().optional(),
  /** The mesh it comes from; the first of `meshes`. */
  from: z.string(),
  /** Host by which workloads here call it. */
  host: z.string(),
  namespace: z.string(),
  /** Namespaces that may call it; `*` for a blended import. */
  visibleTo: z.array(z.string()),
  ports: z.array(port),
  /** All meshes it comes from. */
  meshes: names,
  /** Host of the export, the last part of the SNI; another than `host` for an import under another name. */
  exportedHost: z.string().default(""),
  /** SPIFFE ids that may answer. */
  subjectAltNames: names,
  /** The gateways in use, as the exporters published them. */
  gateways: z
    .array(
      z.object({
        mesh: z.string(),
        address: z.string(),
        port: z.number().int(),
        network: z.string(),
        locality: z.string(),
      }),
    )
    .default([]),
  /** Subsets that routes here may address. */
  subsets: names,
  /** Whether it joins the local Service of the same name. */
  blended: z.boolean().default(false),
  /** Who calls it when it is tested; `app` is the label by which its pods are found. */
  client: z.object({ namespace: z.string(), serviceAccount: z.string(), app: z.string() }).optional(),
  /** How its ports are tested, by port name; a port without one is only connected to. */
  probe: z.record(z.string(), probe).default({}),
});

const pending = z.object({ name: z.string(), from: z.string(), reason: z.string() });

const contract = z.object({
  version: z.literal(contractVersion),
  mesh: z.object({
    name: z.string(),
    meshId: z.string(),
    cluster: z.string(),
    network: z.string(),
    trustDomain: z.string(),
    istioVersion: z.string(),
    /** `region/zone`, as Istio writes localities. */
    locality: z.string(),
    /** Minor whose behaviour its Istio has; empty where the publisher did not say. */
    istioMinor: z.string().default(""),
    /** Trust domains besides its own whose callers its workloads accept. */
    acceptedTrustDomains: names,
    /** SHA-256 of its root certificates (DER, hexadecimal); empty where they are not known. */
    roots: names,
  }),
  /** Addresses of the east-west gateway as peers reach it; empty while there is none. */
  gateways: z.array(z.object({ address: z.string(), port: z.number().int() })),
  exports: z.array(exported),
  imports: z.array(imported),
  /** Imports asked for that cannot be made yet, and why. */
  pendingImports: z.array(pending),
});

/** What a mesh publishes to its peers as stack output `federation`. Plain values only, never a secret. */
export type FederationContract = z.infer<typeof contract>;
export type ContractExport = z.infer<typeof exported>;
export type ContractImport = z.infer<typeof imported>;
export type PendingImport = z.infer<typeof pending>;
export type ServicePort = z.infer<typeof port>;
/** How one port of an import is tested. */
export type ContractProbe = z.infer<typeof probe>;

/** All meshes an import comes from; of a contract that an earlier release wrote, too. */
export function importedFrom(spec: Pick<ContractImport, "from" | "meshes">): string[] {
  return spec.meshes.length > 0 ? spec.meshes : [spec.from];
}

/**
 * Reads a contract. Unknown fields are ignored: a peer may be one release ahead.
 * @throws UserError that names the peer and the first five fields that are not valid
 */
export function parseContract(value: unknown, peer: string): FederationContract {
  const subject = `contract of peer "${peer}"`;
  const version = (value as { version?: unknown } | null)?.version;
  if (version !== contractVersion)
    throw new UserError("contract-version-unsupported", {
      subject,
      problem: `it has version ${JSON.stringify(version)}; this program reads version ${contractVersion}`,
      remedy: `Bring both meshes to the same release, then run \`pulumi up --stack ${peer}\``,
    });
  const result = contract.safeParse(value);
  if (result.success) return result.data;
  const details = result.error.issues.slice(0, 5).map((issue): Finding => {
    const field = issue.path.join(".") || "contract";
    return { code: "contract-invalid", subject: field, problem: issue.message, remedy: "" };
  });
  const problem = "it does not have the expected fields";
  const remedy = `Run \`pulumi up --stack ${peer}\` with the current release to write it again`;
  throw new UserError("contract-invalid", { subject, problem, remedy }, details);
}

/**
 * Reads the contract of a peer.
 * @throws UserError when it is not a contract, or that of another mesh
 */
export function contractOfPeer(value: unknown, name: string): FederationContract {
  const found = parseContract(value, name);
  if (found.mesh.name === name) return found;
  throw new UserError("contract-of-other-mesh", {
    subject: `contract of peer "${name}"`,
    problem: `it is the contract of mesh "${found.mesh.name}"`,
    remedy: `Correct peers.${name}, or use the mesh's own name`,
  });
}
