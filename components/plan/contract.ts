import { z } from "zod";
import { Problem } from "./problem.ts";

/** Version of the shape below. A reader refuses a newer major; later fields are only added. */
export const contractVersion = 1 as const;

const port = z.object({ name: z.string(), number: z.number().int(), protocol: z.string() });

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
});

const imported = z.object({
  name: z.string(),
  from: z.string(),
  host: z.string(),
  namespace: z.string(),
  visibleTo: z.array(z.string()),
  ports: z.array(port),
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

/**
 * Reads what a peer published. Throws a `Problem` that names the peer and the first fields that do not fit.
 * Unknown fields are ignored, so that a peer may be one release ahead.
 */
export function parseContract(value: unknown, peer: string): FederationContract {
  const version = (value as { version?: unknown } | null)?.version;
  if (version !== contractVersion)
    throw new Problem(
      `peer "${peer}" publishes a federation contract of version ${JSON.stringify(version)}; this program reads version ${contractVersion}. ` +
        `Bring both meshes to the same release, then run \`pulumi up --stack ${peer}\`.`,
    );
  const result = contract.safeParse(value);
  if (!result.success)
    throw new Problem(
      `the federation contract of peer "${peer}" does not have the expected shape: ` +
        result.error.issues.slice(0, 5).map((i) => `${i.path.join(".")}: ${i.message}`).join("; ") +
        `. Run \`pulumi up --stack ${peer}\` with the current release to write it anew.`,
    );
  return result.data;
}
