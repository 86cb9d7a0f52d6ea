import type { SiblingMesh } from "../federation/config/declaredMesh.ts";
import { declaredMesh } from "../federation/config/declaredMesh.ts";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import type { ArtifactSources } from "../federation/config/sources.ts";
import { contractOfPeer, type FederationContract } from "../federation/contract/contract.ts";
import { meshContract } from "../federation/contract/meshContract.ts";
import type { Peer } from "../federation/imports/resolveImports.ts";
import { planFederation, type FederationPlan } from "../federation/planFederation.ts";
import { contractRoots } from "../federation/trust/bundle.ts";
import { istioNames } from "../federation/trust/existingIstio.ts";
import type { InstalledTrust } from "../federation/trust/meshTrustOf.ts";
import { findingsOf, inStack, type StackFinding } from "../review/findings.ts";
import { draftContract } from "../review/revision/draftContract.ts";
import { declaredConfig, othersOf, peersOf } from "../review/revision/planRevision.ts";
import type { DeclaredStack, Revision } from "../review/revision/revision.ts";
import {
  addressFindings,
  deployedGateways,
  pendingFindings,
  rootFindings,
  settingsFindings,
  unknownRootFindings,
} from "./checks.ts";
import { ownRoots, type OwnRoots } from "./ownRoots.ts";

/** What decides the manifests. Nothing is read from a cluster or a state. */
export interface RenderInputs {
  /** Folder from which relative paths in the configuration count. */
  folder: string;
  /** All stacks of the project, whose names and trust domains the rendered ones need to know. */
  stacks: DeclaredStack[];
  /** Names of the stacks to render. */
  run: readonly string[];
  /** Contracts of peers that are files, by the path in the configuration. */
  contractFiles: Revision["contractFiles"];
  /** What meshes publish now, by name: for roots and load balancers' addresses, and as peers that are not rendered. */
  deployed: ReadonlyMap<string, FederationContract>;
  /** What an earlier run has rendered, by mesh. */
  rendered: ReadonlyMap<string, FederationContract>;
  sources: ArtifactSources;
  /** The time, for certificates that have ended: it decides about a refusal, and about no manifest. */
  now: Date;
}

/** A mesh before its imports are known. */
interface DraftedMesh {
  stack: string;
  name: string;
  declared: DeclaredStack;
  config: MeshConfig;
  siblings: SiblingMesh[];
  roots: OwnRoots;
  own: InstalledTrust;
  gateways: FederationContract["gateways"];
}

/** A mesh with everything that its manifests need. */
export interface PlannedMesh extends DraftedMesh {
  plan: FederationPlan;
  contract: FederationContract;
}

/** The planned meshes; with what is wrong, nothing may be written. */
export interface RenderPlan {
  meshes: PlannedMesh[];
  failed: StackFinding[];
}

/**
 * Plans the meshes of a run with the planner of `up`. Each needs what the others publish, and that follows from their
 * configuration: first whom they trust and what they export, then their imports, then the checks of both.
 */
export async function planMeshes(inputs: RenderInputs): Promise<RenderPlan> {
  const failed = new Failures();
  const drafts: DraftedMesh[] = [];
  for (const declared of inputs.stacks.filter(({ stack }) => inputs.run.includes(stack))) {
    const draft = await draftMesh(declared, inputs, failed);
    if (draft) drafts.push(draft);
  }
  const names = new Set(drafts.map(({ name }) => name));
  const others = [...inputs.rendered, ...inputs.deployed].filter(([name]) => !names.has(name));
  const drafted = drafts.map((mesh): [string, FederationContract] => [mesh.name, draftOf(mesh, others, inputs)]);
  const pass = (known: [string, FederationContract][], withImports: boolean) =>
    drafts.flatMap((mesh) => planMesh(mesh, new Map([...others, ...known]), inputs, withImports, failed));
  const contractsOf = (meshes: PlannedMesh[]) => meshes.map((m): [string, FederationContract] => [m.name, m.contract]);
  const trusting = contractsOf(pass(drafted, false));
  const importing = contractsOf(pass([...drafted, ...trusting], true));
  const complete: [string, FederationContract][] = [...drafted, ...trusting, ...importing];
  const meshes = pass(complete, true);
  for (const mesh of meshes) {
    const peers = contractsIn(peersFor(mesh, new Map([...others, ...contractsOf(meshes)]), inputs));
    failed.add(mesh.stack, unknownRootFindings(mesh, peers, drafts));
    failed.add(mesh.stack, await rootFindings(mesh, peers, inputs.now));
    failed.add(mesh.stack, pendingFindings(mesh));
    failed.add(mesh.stack, settingsFindings(mesh));
  }
  return { meshes, failed: failed.all };
}

async function draftMesh(
  declared: DeclaredStack,
  inputs: RenderInputs,
  failed: Failures,
): Promise<DraftedMesh | undefined> {
  const { stack, raw, problem } = declared;
  if (problem) return failed.add(stack, [problem]);
  const all = inputs.stacks.filter(({ role }) => role === "mesh").map((s) => declaredMesh(s.stack, s.raw));
  const siblings = othersOf(declaredMesh(stack, raw), all);
  const config = declaredConfig(declared, siblings, inputs.sources);
  if (Array.isArray(config)) return failed.add(stack, config);
  const { name } = config.mesh;
  const deployed = inputs.deployed.get(name);
  failed.add(stack, addressFindings(config, deployed));
  try {
    const roots = await ownRoots(config, inputs.folder, deployed);
    const own = installedTrust(config, roots, deployed, inputs);
    return { stack, name, declared, config, siblings, roots, own, gateways: deployedGateways(config, deployed) };
  } catch (error) {
    return failed.add(stack, findingsOf(error));
  }
}

/** What a mesh trusts as its own. What it publishes now is what a change of its trust is compared with. */
function installedTrust(
  { mesh, ca, istio }: MeshConfig,
  { bundle }: OwnRoots,
  deployed: FederationContract | undefined,
  { rendered, now }: RenderInputs,
): InstalledTrust {
  const before = rendered.get(mesh.name);
  const hasRoots = ca.provider === "external" && ca.rootFile === undefined;
  const published = deployed ?? before;
  return {
    bundle,
    // A quarantine keeps every trust domain that it has denied, whoever has denied it.
    contract: published && {
      ...published,
      quarantine: [...(deployed?.quarantine ?? []), ...(before?.quarantine ?? [])],
    },
    now,
    istio: istio.provider === "existing" ? { trust: undefined, hasRoots, names: istioNames(istio) } : undefined,
  };
}

function draftOf(mesh: DraftedMesh, others: [string, FederationContract][], inputs: RenderInputs): FederationContract {
  const { config, siblings, roots, own, gateways } = mesh;
  const { bundle, certificate } = roots;
  const facts = {
    mesh: {
      roots: bundle ? contractRoots(bundle) : [],
      trusts: own.contract?.mesh.trusts ?? {},
      ...(certificate === undefined ? {} : { ca: { pem: certificate } }),
    },
    gateways,
    quarantine: own.contract?.quarantine ?? [],
  };
  return { ...draftContract(config, siblings, peersFor(mesh, new Map(others), inputs), facts), gateways };
}

/** Plans one mesh against what the others publish; empty, with its findings, where that fails. */
function planMesh(
  mesh: DraftedMesh,
  contracts: ReadonlyMap<string, FederationContract>,
  inputs: RenderInputs,
  withImports: boolean,
  failed: Failures,
): PlannedMesh[] {
  const { config, own, roots, siblings, gateways } = mesh;
  const wanted = withImports ? config : { ...config, imports: [] };
  try {
    const plan = planFederation(wanted, own, siblings, peersFor(mesh, contracts, inputs));
    const facts = { gateways, roots: plan.identity.roots, certificate: roots.certificate };
    // Written as it is read: by a peer's rules, with addresses in canonical form.
    const written: unknown = JSON.parse(JSON.stringify(meshContract(plan, facts)));
    return [{ ...mesh, plan, contract: contractOfPeer(written, mesh.name) }];
  } catch (error) {
    failed.add(mesh.stack, findingsOf(error));
    return [];
  }
}

/** The peers of a mesh. One that publishes nothing here leaves imports from it pending. */
function peersFor(
  mesh: DraftedMesh,
  contracts: ReadonlyMap<string, FederationContract>,
  { contractFiles, stacks }: RenderInputs,
): Map<string, Peer> {
  const peers = peersOf(mesh, contracts, { stacks, contractFiles });
  const withReason = ([name, peer]: [string, Peer]): [string, Peer] => [
    name,
    peer.state === "up"
      ? peer
      : { ...peer, reason: `no contract of mesh "${name}" is known: render it, or set peers.${name}.file` },
  ];
  return new Map([...peers].map(withReason));
}

function contractsIn(peers: ReadonlyMap<string, Peer>): Map<string, FederationContract> {
  return new Map([...peers].flatMap(([name, peer]) => (peer.state === "up" ? [[name, peer.contract] as const] : [])));
}

/** Collects findings of stacks, each once: every pass finds what an earlier one has found. */
class Failures {
  private readonly found = new Map<string, StackFinding>();

  get all(): StackFinding[] {
    return [...this.found.values()];
  }

  add(stack: string, findings: readonly StackFinding[] | Parameters<typeof inStack>[1]): undefined {
    for (const finding of inStack(stack, findings)) this.found.set(JSON.stringify(finding), finding);
    return undefined;
  }
}
