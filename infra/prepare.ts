import * as pulumi from "@pulumi/pulumi";
import {
  anchorFindings,
  certificateTextsInValues,
  endingRootWarnings,
  endNotice,
  Findings,
  ownRootFindings,
  planFederation,
  UserError,
  type ArtifactSources,
  type FederationPlan,
  type Finding,
  type MeshConfig,
  type MeshSettings,
  type Peer,
  type PeerSource,
  type SiblingMesh,
} from "../federation/index.ts";
import { readSources } from "../workspace/sources.ts";
import { planCa, type CaPlan } from "./ca.ts";
import { siblingMeshes, readConfig, readKubeconfig } from "./config.ts";
import { readIstio } from "./existingIstio.ts";
import { checkFlags } from "./flags.ts";
import { checkExistingNetwork } from "./nodeNetwork.ts";
import { readOwnOutputs, type OwnOutputs } from "./ownOutputs.ts";
import { peerSources, readPeers } from "./peers.ts";
import { importsToVerify, type VerifiedImport } from "./verification.ts";
import { warn } from "./warn.ts";

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
  ca: CaPlan;
  /** What MeshConfig says; undefined where it is not known. */
  settings: MeshSettings | undefined;
  /** Control planes that the last `up` has installed. */
  controlPlanes: readonly string[];
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
  const [own, peers] = await Promise.all([
    readOwnOutputs(config.mesh.name),
    readPeers(contracts, siblings, config.quarantine),
    checkExistingNetwork(config, siblings),
  ]);
  const { istio, bundle, settings } = await readIstio(config, kubeconfig, own);
  const ca = await planCa(config, own, bundle);
  const trust = {
    bundle: ca.bundle,
    contract: own.contract,
    withoutCa: ca.kind === "pending" ? `this mesh has no CA yet: ${ca.reason}` : undefined,
    makesRoot: ca.kind === "own",
    now: new Date(),
    istio,
  };
  const plan = planFederation(config, trust, siblings, peers);
  await checkRoots(config.mesh.name, ca, own, istio?.hasRoots === true);
  await checkAnchors(config, plan, peers, certificateOf(ca) ?? own.contract?.mesh.ca?.pem);
  checkFlags(config, sources, plan, { kind: ca.kind, before: own.contract?.mesh.roots, now: ca.bundle });
  const verified = importsToVerify(config, plan.imports);
  await report(config, ca, plan);
  const { controlPlanes } = own;
  return {
    ...{ config, sources, siblings, peerSources: contracts, peers },
    ...{ plan, verified, kubeconfig, ca, settings, controlPlanes },
  };
}

/**
 * @param areInstalled whether the roots are those of an existing Istio, which a refusal does not change
 * @throws UserError `trust-mismatch` for roots that the mesh's istiod, or its peers, could not take
 */
async function checkRoots(
  mesh: string,
  { kind, bundle }: CaPlan,
  own: OwnOutputs,
  areInstalled: boolean,
): Promise<void> {
  if (!bundle) return;
  // This `up` makes the others.
  const exists = ({ pem }: { pem: string }): boolean => kind !== "own" || own.roots.some((root) => root.pem === pem);
  const findings = new Findings();
  findings.addAll(await ownRootFindings({ ...bundle, roots: bundle.roots.filter(exists) }, new Date()));
  if (areInstalled) return warn(...findings.all);
  findings.throwIfAny("trust-mismatch", {
    subject: `mesh "${mesh}"`,
    problem: "it cannot trust its roots as they are, so nothing is changed",
    remedy: "Correct the details",
  });
}

/** @throws UserError `trust-mismatch` for roots of peers that cannot become anchors */
async function checkAnchors(
  { istio }: MeshConfig,
  { anchored, identity }: FederationPlan,
  peers: ReadonlyMap<string, Peer>,
  certificate: string | undefined,
): Promise<void> {
  const own = { ...identity, ...(certificate === undefined ? {} : { ca: { pem: certificate } }) };
  const contracts = [...peers].flatMap(([name, peer]) => (peer.state === "up" ? [[name, peer.contract] as const] : []));
  const findings = new Findings();
  const entries = certificateTextsInValues(istio);
  findings.addAll(await anchorFindings(anchored, own, new Map(contracts), new Date(), entries));
  findings.throwIfAny("trust-mismatch", {
    subject: `mesh "${identity.name}"`,
    problem: "roots of its peers cannot be trusted, so nothing is changed",
    remedy: "Correct what the details name; what is a peer's, its owner has to correct",
  });
}

/**
 * Warns about pending imports and whatever else the user should know.
 * @throws UserError for a pending import when the stack requires its imports
 */
async function report(config: MeshConfig, ca: CaPlan, plan: FederationPlan): Promise<void> {
  if (ca.kind === "existing" && ca.successor)
    await pulumi.log.warn(`the mesh keeps the CA in caMaterial for now: ${ca.successor.reason}`);
  if (ca.kind === "pending") await pulumi.log.warn(`Istio is pending: ${ca.reason}`);
  for (const { name, from, reason } of plan.pending) {
    if (config.quarantine.includes(from)) {
      await pulumi.log.warn(`import "${name}" from mesh "${from}" is off while ${reason}`);
      continue;
    }
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
  for (const { mesh, reason } of plan.pendingTrust)
    await pulumi.log.warn(`mesh "${mesh}" is not trusted yet: ${reason}`);
  const ending = ca.bundle ? await endingRootWarnings(ca.bundle, new Date()) : [];
  await warn(...plan.settings, ...plan.warnings, ...ending, ...endingCa(config, ca));
}

/** The certificate of a CA that others have signed; undefined for another, or where there is none yet. */
function certificateOf(ca: CaPlan): string | undefined {
  if (ca.kind === "signed") return ca.chosen.certificate;
  return ca.kind === "existing" ? ca.certificate : undefined;
}

/** Says that the CA which others have signed ends soon. One of an own root is told by its signer, in the same `up`. */
function endingCa({ mesh, ca: wanted }: MeshConfig, ca: CaPlan): Finding[] {
  const certificate = certificateOf(ca);
  if (certificate === undefined) return [];
  const remedy =
    wanted.provider === "shared"
      ? `Run \`up\` of stack "${wanted.stack}", and of this one afterwards`
      : wanted.provider === "signed"
        ? `Have the request of \`npm run ca -- request --mesh ${mesh.name}\` signed again`
        : "Put a new certificate into caMaterial";
  return endNotice(mesh.name, certificate, remedy, new Date());
}
