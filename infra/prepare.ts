import * as pulumi from "@pulumi/pulumi";
import type { PeerSource, SiblingMesh } from "../federation/config/declaredMesh.ts";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import type { ArtifactSources } from "../federation/config/sources.ts";
import { findingText, UserError } from "../federation/errors/userError.ts";
import type { Peer } from "../federation/imports/resolveImports.ts";
import { planFederation, type FederationPlan } from "../federation/planFederation.ts";
import { readSources } from "../workspace/sources.ts";
import { readCa, type MeshCa } from "./ca.ts";
import { siblingMeshes, readConfig, readKubeconfig } from "./config.ts";
import { checkExistingNetwork } from "./nodeNetwork.ts";
import { peerSources, readPeers } from "./peers.ts";
import { importsToVerify, type VerifiedImport } from "./verification.ts";

/** Everything that decides the resources of a mesh's stack. */
export interface MeshInputs {
  config: MeshConfig;
  sources: ArtifactSources;
  /** The other mesh stacks of this project. */
  siblings: SiblingMesh[];
  /** Where each possible peer publishes its contract. */
  peerSources: ReadonlyMap<string, PeerSource>;
  /** What each of them publishes. */
  peers: ReadonlyMap<string, Peer>;
  plan: FederationPlan;
  verified: VerifiedImport[];
  /** Of an existing cluster. */
  kubeconfig: pulumi.Output<string> | undefined;
  /** Of a managed Istio. */
  ca: MeshCa | undefined;
}

/**
 * Reads and checks the inputs of a mesh's stack, and plans its federation. It registers no resources, so that nothing
 * has been created when an input is not valid.
 * @throws UserError for whatever cannot work
 */
export async function prepareMesh(): Promise<MeshInputs> {
  const sources = readSources();
  const siblings = siblingMeshes();
  const config = readConfig(sources, siblings);
  const contracts = peerSources(config, siblings);
  const kubeconfig = config.cluster.provider === "existing" ? await readKubeconfig(config.cluster) : undefined;
  const [ca, peers] = await Promise.all([
    config.istio.provider === "managed" ? readCa(config) : undefined,
    readPeers(contracts, siblings),
    checkExistingNetwork(config, siblings),
  ]);
  const plan = planFederation(config, ca?.roots ?? [], siblings, peers);
  const verified = importsToVerify(config, plan.imports);
  await report(config, plan);
  return { config, sources, siblings, peerSources: contracts, peers, plan, verified, kubeconfig, ca };
}

/**
 * Warns about pending imports and whatever else the user should know.
 * @throws UserError for a pending import when the stack requires its imports
 */
async function report(config: MeshConfig, plan: FederationPlan): Promise<void> {
  for (const { name, from, reason } of plan.pending) {
    if (config.requireImports)
      throw new UserError("import-pending", {
        subject: `import "${name}" from mesh "${from}"`,
        problem: `it is pending, and requireImports is set, so nothing was changed: ${reason}`,
        remedy: "Bring the peer up first",
      });
    await pulumi.log.warn(
      `import "${name}" from mesh "${from}" is pending: ${reason}, ` +
        `then \`pulumi up --stack ${pulumi.getStack()}\` again`,
    );
  }
  for (const warning of plan.warnings) await pulumi.log.warn(findingText(warning));
}
