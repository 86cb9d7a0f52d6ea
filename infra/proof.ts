import * as pulumi from "@pulumi/pulumi";
import type { ImportedService } from "../components/importedService.ts";
import { TrafficProof } from "../components/trafficProof.ts";
import { importId, mayBeCalledFrom } from "../federation/imports/importConfig.ts";
import { Problem } from "../federation/errors/problem.ts";
import type { ProvenImport } from "../federation/imports/proofTriggers.ts";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import type { ResolvedImport } from "../federation/imports/resolveImports.ts";
import { sleepClient } from "../federation/cluster/sampleObjects.ts";
import type { Cluster } from "./cluster.ts";

/** An import to prove, and its id. */
export interface Proven {
  id: string;
  spec: ProvenImport;
  /** Whether a pod is brought to call from where the client has none running. */
  probePod: boolean;
}

/**
 * The imports that the configuration wants proven, each with the client that calls it.
 * @throws Problem naming an import that has no client to call from
 */
export function importsToProve(config: MeshConfig, imports: ResolvedImport[]): Proven[] {
  const sample = config.samples.includes("sleep")
    ? { namespace: sleepClient.namespace, serviceAccount: sleepClient.app, app: sleepClient.app }
    : undefined;
  const proofOf = (id: string): boolean | "probe-pod" =>
    config.imports.find((wanted) => importId(wanted) === id)?.proof ?? config.proof;
  return imports
    .filter(({ id }) => proofOf(id))
    .map(({ blend: _blend, ...spec }) => {
      const client = spec.client ?? (sample && mayBeCalledFrom(spec, sample.namespace) ? sample : undefined);
      if (!client)
        throw new Problem(
          `import "${spec.name}" is to be proven (proof), but nobody can call it: give it client: {namespace, serviceAccount}, or add sleep to samples and to its visibleTo`,
        );
      return { id: spec.id, spec: { ...spec, client }, probePod: proofOf(spec.id) === "probe-pod" };
    });
}

/**
 * A traffic proof for each, after its import and the sample applications.
 * @param image of the pods that are brought
 */
export function proveImports(
  config: MeshConfig,
  proven: Proven[],
  imported: ReadonlyMap<string, ImportedService>,
  samples: pulumi.Resource[],
  cluster: Cluster,
  image: string,
): void {
  const mesh = { name: config.mesh.name, stack: pulumi.getStack(), trustDomain: config.mesh.trustDomain };
  const context = config.cluster.provider === "existing" ? config.cluster.context : undefined;
  for (const { id, spec, probePod } of proven)
    new TrafficProof(
      `proof-${id}`,
      { mesh, spec, kubeconfig: cluster.kubeconfig, context, probeImage: probePod ? image : undefined },
      { dependsOn: [imported.get(id)!, ...samples] },
    );
}
