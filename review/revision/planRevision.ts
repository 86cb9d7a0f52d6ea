import { type SiblingMesh, declaredMesh } from "../../federation/config/declaredMesh.ts";
import type { FederationContract } from "../../federation/contract/contract.ts";
import { meshesOf, type ImportConfig } from "../../federation/imports/importConfig.ts";
import { planFederation } from "../../federation/planFederation.ts";
import { UserError, type Finding } from "../../federation/errors/userError.ts";
import { readMeshConfig, type MeshConfig } from "../../federation/config/readMeshConfig.ts";
import { peerRules, type PeerRules } from "../../federation/imports/peerRules.ts";
import {
  publishedImport,
  resolveImports,
  type Peer,
  type ResolvedImport,
} from "../../federation/imports/resolveImports.ts";
import { readRootConfig } from "../../federation/config/rootConfig.ts";
import type { ArtifactSources } from "../../federation/config/sources.ts";
import { keyFindings, meshKeys } from "../../federation/config/stackKeys.ts";
import { masked } from "../secrets/masking.ts";
import { findingsOf, inStack, type StackFinding } from "../findings.ts";
import { draftContract } from "./draftContract.ts";
import { knownTrust, plannedTrust, type PlannedTrust } from "./planTrust.ts";
import type { DeclaredStack, Revision } from "./revision.ts";

/** An import that a revision declares, as it is when every mesh of the revision is deployed. */
export interface PlannedImport {
  spec: ImportConfig;
  /** Undefined when it cannot be resolved; the findings of the mesh or `pending` have the reason. */
  resolved?: ResolvedImport | undefined;
  /** Why it is pending; undefined when it is not. */
  pending?: string | undefined;
}

/** A mesh as a revision declares it. */
export interface PlannedMesh {
  stack: string;
  name: string;
  declared: DeclaredStack;
  config: MeshConfig;
  /** What it publishes when the revision is deployed. */
  contract: FederationContract;
  /** What it publishes now; undefined before its first `up`. */
  before: FederationContract | undefined;
  imports: PlannedImport[];
}

/** The federation when a revision of the repository is deployed completely. */
export interface PlannedFederation {
  meshes: PlannedMesh[];
  failed: StackFinding[];
  /** Findings that do not fail the review. */
  warnings: StackFinding[];
}

/**
 * Plans the federation of a revision from its configuration. Only what no configuration has comes from what is deployed
 * now: addresses of load balancers, roots, and contracts of meshes that are not in `stacks/`.
 *
 * @param deployed contracts published now, by mesh name
 */
export function planRevision(
  revision: Revision,
  deployed: ReadonlyMap<string, FederationContract>,
  sources: ArtifactSources,
): PlannedFederation {
  const failed: StackFinding[] = [];
  const stacks = revision.stacks.filter((s) => s.role === "mesh");
  const siblings = stacks.map(({ stack, raw }) => declaredMesh(stack, raw));
  for (const { stack, problem } of stacks) if (problem) failed.push(...inStack(stack, [problem]));
  for (const declared of revision.stacks.filter((s) => s.role === "trust"))
    failed.push(...inStack(declared.stack, trustFindings(declared)));
  const drafts = stacks.flatMap((declared): PlannedMesh[] => {
    if (declared.problem) return [];
    const draft = draftMesh(declared, siblings, deployed, sources, revision);
    if (!Array.isArray(draft)) return [draft];
    failed.push(...inStack(declared.stack, draft));
    return [];
  });
  for (const [file, contract] of revision.contractFiles)
    if (contract instanceof UserError) failed.push(...inStack(file, findingsOf(contract)));

  const trustOf = (mesh: PlannedMesh, contracts: ReadonlyMap<string, FederationContract>): PlannedTrust =>
    plannedTrust(mesh, othersOf(mesh, siblings), peersOf(mesh, contracts, revision));
  const drafted = new Map([...deployed, ...contractsByName(drafts)]);
  const trusting = drafts.map((mesh) => ({ ...mesh, contract: trustOf(mesh, drafted).contract }));
  const published = new Map([...drafted, ...contractsByName(trusting)]);
  const meshes = trusting.map((mesh) => {
    const rules = peerRules(mesh.config, othersOf(mesh, siblings));
    return { ...mesh, ...planImports(mesh, peersOf(mesh, published, revision), rules, trustOf(mesh, published)) };
  });
  const complete = new Map([...published, ...contractsByName(meshes)]);
  const warnings: StackFinding[] = [];
  for (const mesh of meshes) {
    const checked = checkMesh(mesh, peersOf(mesh, complete, revision), siblings);
    failed.push(...inStack(mesh.stack, checked.findings));
    warnings.push(...inStack(mesh.stack, checked.warnings));
  }
  return { meshes, failed, warnings };
}

function contractsByName(meshes: PlannedMesh[]): [string, FederationContract][] {
  return meshes.map((mesh) => [mesh.name, mesh.contract]);
}

/** A mesh without its imports; or the findings about its configuration. */
function draftMesh(
  declared: DeclaredStack,
  siblings: SiblingMesh[],
  deployed: ReadonlyMap<string, FederationContract>,
  sources: ArtifactSources,
  revision: Revision,
): PlannedMesh | Finding[] {
  const { stack } = declared;
  const others = siblings.filter((n) => n.stack !== stack);
  const config = declaredConfig(declared, others, sources);
  if (Array.isArray(config)) return config;
  const { name } = config.mesh;
  try {
    const before = deployed.get(name);
    const contract = draftContract(config, others, peersOf({ name, config }, deployed, revision), before);
    return { stack, name, declared, config, contract, before, imports: [] };
  } catch (error) {
    return [...findingsOf(error)];
  }
}

/** The configuration of a mesh stack, checked and complete; or the findings about it. */
export function declaredConfig(
  declared: DeclaredStack,
  others: SiblingMesh[],
  sources: ArtifactSources,
): MeshConfig | Finding[] {
  const { stack, raw } = declared;
  const wrongKeys = wrongKeysOf(declared);
  if (wrongKeys.length > 0) return wrongKeys;
  const given = Object.fromEntries(meshKeys.flatMap((key) => (key in raw ? [[key, raw[key]]] : [])));
  try {
    return readMeshConfig(given, stack, sources, others);
  } catch (error) {
    return [...findingsOf(error)];
  }
}

/** Findings about the keys of a stack, those of its secrets included. */
function wrongKeysOf({ role, raw, secrets }: DeclaredStack): Finding[] {
  const ofSecrets = Object.keys(secrets).map((path) => [path.split(/[.[]/)[0]!, masked]);
  return keyFindings(role, { ...Object.fromEntries(ofSecrets), ...raw });
}

/** Findings about the configuration of a trust stack. */
function trustFindings(declared: DeclaredStack): readonly Finding[] {
  const wrongKeys = wrongKeysOf(declared);
  if (wrongKeys.length > 0) return wrongKeys;
  try {
    readRootConfig({ root: declared.raw["root"], meshes: declared.raw["meshes"] }, declared.stack);
    return [];
  } catch (error) {
    return findingsOf(error);
  }
}

/** Checks a mesh's trust, imports and exports against its peers. */
export function checkMesh(
  mesh: PlannedMesh,
  peers: ReadonlyMap<string, Peer>,
  siblings: SiblingMesh[],
): { findings: Finding[]; warnings: Finding[]; trust: PlannedTrust } {
  const own = othersOf(mesh, siblings);
  const findings: Finding[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      findings.push(...findingsOf(error));
      return undefined;
    }
  };
  const trust = plannedTrust(mesh, own, peers);
  findings.push(...trust.findings);
  const { waiting } = trust;
  const { imports, importRules } = mesh.config;
  attempt(() => resolveImports(imports, peers, mesh.contract.mesh, peerRules(mesh.config, own), waiting, importRules));
  const plan = attempt(() => planFederation({ ...mesh.config, imports: [] }, knownTrust(mesh), own, peers));
  const told = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return { findings: [...told.values()], warnings: plan?.warnings ?? [], trust };
}

/** The peers of a mesh: their published contracts, or the contract files that it names. */
export function peersOf(
  mesh: Pick<PlannedMesh, "name" | "config">,
  contracts: ReadonlyMap<string, FederationContract>,
  revision: Revision,
): Map<string, Peer> {
  const names = new Set([
    ...contracts.keys(),
    ...Object.keys(mesh.config.peers),
    ...mesh.config.imports.flatMap(meshesOf),
  ]);
  names.delete(mesh.name);
  return new Map(
    [...names].map((name): [string, Peer] => {
      const file = mesh.config.peers[name]?.file;
      const given = file === undefined ? undefined : revision.contractFiles.get(file);
      const contract = given instanceof UserError ? undefined : (given ?? contracts.get(name));
      return [name, contract ? { state: "up", stack: name, contract } : { state: "absent", stack: name }];
    }),
  );
}

export function othersOf({ stack }: Pick<PlannedMesh, "stack">, siblings: SiblingMesh[]): SiblingMesh[] {
  return siblings.filter((sibling) => sibling.stack !== stack);
}

function planImports(
  mesh: PlannedMesh,
  peers: ReadonlyMap<string, Peer>,
  rules: PeerRules,
  { waiting }: PlannedTrust,
): Pick<PlannedMesh, "imports" | "contract"> {
  const imports = mesh.config.imports.map((spec): PlannedImport => {
    try {
      const {
        imports: [resolved],
        pending,
      } = resolveImports([spec], peers, mesh.contract.mesh, rules, waiting, mesh.config.importRules);
      return { spec, resolved, pending: pending[0]?.reason };
    } catch (error) {
      // checkMesh reports the findings.
      findingsOf(error);
      return { spec };
    }
  });
  return {
    imports,
    contract: {
      ...mesh.contract,
      imports: imports.flatMap(({ resolved }) => (resolved ? [publishedImport(resolved)] : [])),
    },
  };
}
