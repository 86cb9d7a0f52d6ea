import * as pulumi from "@pulumi/pulumi";
import { ImportVerification, type ImportedService } from "../components/index.ts";
import {
  importId,
  isVisibleFrom,
  publishedImport,
  sleepClient,
  UserError,
  type ImportWithClient,
  type MeshConfig,
  type ResolvedImport,
} from "../federation/index.ts";
import type { MeshCluster } from "./cluster.ts";

/** An import that `up` verifies. */
export interface VerifiedImport {
  id: string;
  spec: ImportWithClient;
  /** Whether a probe pod calls when the client has no running pod. */
  probePod: boolean;
}

/**
 * The imports that `up` verifies according to the configuration, each with the client that calls it.
 * @throws UserError for an import without a client
 */
export function importsToVerify(config: MeshConfig, imports: ResolvedImport[]): VerifiedImport[] {
  const sample = config.samples.includes("sleep")
    ? { namespace: sleepClient.namespace, serviceAccount: sleepClient.app, app: sleepClient.app }
    : undefined;
  const settingOf = (id: string): boolean | "probe-pod" =>
    config.imports.find((wanted) => importId(wanted) === id)?.verifyOnUp ?? config.verifyOnUp;
  return imports
    .filter(({ id }) => settingOf(id))
    .map((resolved) => {
      const { id } = resolved;
      const spec = publishedImport(resolved);
      const client = spec.client ?? (sample && isVisibleFrom(spec, sample.namespace) ? sample : undefined);
      if (!client)
        throw new UserError("import-client-missing", {
          subject: `import "${spec.name}"`,
          problem: "`up` verifies it, but it has no client",
          remedy: "Set client: {namespace, serviceAccount}, or add sleep to samples and to the import's visibleTo",
        });
      return { id, spec: { ...spec, client }, probePod: settingOf(id) === "probe-pod" };
    });
}

/** What the verification of imports needs of the stack. */
export interface VerificationResources {
  /** The imports by id. */
  imports: ReadonlyMap<string, ImportedService>;
  /** The sample applications, which may be the clients. */
  samples: pulumi.Resource[];
  cluster: MeshCluster;
  /** Image of probe pods. */
  probeImage: string;
}

/** Verifies each import after it and the sample applications are created. */
export function verifyImports(
  { mesh, cluster: configured }: MeshConfig,
  verified: VerifiedImport[],
  { imports, samples, cluster, probeImage }: VerificationResources,
): void {
  const context = configured.provider === "existing" ? configured.context : undefined;
  for (const { id, spec, probePod } of verified)
    new ImportVerification(
      `verify-${id}`,
      {
        mesh: mesh.name,
        stack: pulumi.getStack(),
        trustDomain: mesh.trustDomain,
        imported: spec,
        kubeconfig: cluster.kubeconfig,
        context,
        probeImage: probePod ? probeImage : undefined,
        command: "node cli/verifyImport.ts",
      },
      { dependsOn: [imports.get(id)!, ...samples] },
    );
}
