import { contractVersion, type FederationContract } from "../../federation/contract/contract.ts";
import { publishedExport } from "../../federation/exports/exportPlan.ts";
import { autoPassthroughPort } from "../../federation/cluster/gatewayObjects.ts";
import { meshesOf, type ImportConfig } from "../../federation/imports/importConfig.ts";
import { identityOf, planFederation } from "../../federation/planFederation.ts";
import { Problem } from "../../federation/errors/problem.ts";
import { readMeshConfig, type MeshConfig, type Neighbour } from "../../federation/config/readMeshConfig.ts";
import {
  publishedImport,
  resolveImports,
  type Peer,
  type ResolvedImport,
} from "../../federation/imports/resolveImports.ts";
import { readRootConfig } from "../../federation/config/rootConfig.ts";
import type { Sources } from "../../federation/config/sources.ts";
import { keyProblems, meshKeys } from "../../federation/config/stackKeys.ts";
import { neighbourOf } from "../../workspace/stackFiles.ts";
import { masked } from "../secrets/masking.ts";
import type { DeclaredStack, Revision } from "./revision.ts";

/** Stands for an address that a load balancer has yet to give; no real gateway has it. */
export const addressToCome = "0.0.0.0";

/** An import that a revision asks for: what its objects would be once every mesh of the revision is up. */
export interface PlannedImport {
  spec: ImportConfig;
  /** Undefined where it cannot be made; the mesh's problems or `pending` say why. */
  made?: ResolvedImport | undefined;
  /** Why it cannot be made yet, although nothing is wrong with it. */
  pending?: string | undefined;
}

/** A mesh as a revision would make it. */
export interface PlannedMesh {
  stack: string;
  name: string;
  declared: DeclaredStack;
  config: MeshConfig;
  /** What it would publish. */
  contract: FederationContract;
  imports: PlannedImport[];
}

/** A check that failed, and whose stack it concerns. */
export interface FailedCheck {
  stack: string;
  message: string;
}

/** Sorts by stack: what is looked at side by side ends in any order, and the same revision is to give the same review. */
export function byStack(a: FailedCheck, b: FailedCheck): number {
  return a.stack === b.stack ? 0 : a.stack < b.stack ? -1 : 1;
}

/** What a revision of the repository means for the federation, once all of it is deployed. */
export interface PlannedFederation {
  meshes: PlannedMesh[];
  failed: FailedCheck[];
  /** What goes ahead although somebody should know, one sentence each. */
  warnings: FailedCheck[];
}

/**
 * Works out what a revision would make of the federation: from its configuration, and from what is deployed now only
 * what no configuration says: addresses that a load balancer gave, roots, and contracts of meshes that are not in `stacks/`.
 *
 * @param deployed contracts published now, by mesh name
 */
export function planRevision(
  revision: Revision,
  deployed: ReadonlyMap<string, FederationContract>,
  sources: Sources,
): PlannedFederation {
  const failed: FailedCheck[] = [];
  const stacks = revision.stacks.filter((s) => s.role === "mesh");
  for (const { stack, problem } of stacks) if (problem) failed.push({ stack, message: problem });
  const neighbours = stacks.map(({ stack, raw }) => neighbourOf(stack, raw));
  for (const declared of revision.stacks.filter((s) => s.role === "trust")) failed.push(...trustProblems(declared));
  const drafts = stacks.flatMap((declared): PlannedMesh[] => {
    if (declared.problem) return [];
    const wrong = wrongKeys(declared);
    failed.push(...wrong);
    if (wrong.length > 0) return [];
    try {
      const others = neighbours.filter((n) => n.stack !== declared.stack);
      const config = readMeshConfig(
        Object.fromEntries(meshKeys.flatMap((key) => (key in declared.raw ? [[key, declared.raw[key]]] : []))),
        declared.stack,
        sources,
        others,
      );
      return [
        {
          stack: declared.stack,
          name: config.mesh.name,
          declared,
          config,
          contract: draftContract(config, others, deployed, revision),
          imports: [],
        },
      ];
    } catch (error) {
      failed.push(...messagesOf(error).map((message) => ({ stack: declared.stack, message })));
      return [];
    }
  });
  for (const [file, contract] of revision.contractFiles)
    if (contract instanceof Problem) failed.push({ stack: file, message: contract.message });

  const published = new Map([...deployed, ...drafts.map((m): [string, FederationContract] => [m.name, m.contract])]);
  const withImports = drafts.map((mesh) => ({ ...mesh, ...planImports(mesh, peersOf(mesh, published, revision)) }));
  const complete = new Map([
    ...published,
    ...withImports.map((m): [string, FederationContract] => [m.name, m.contract]),
  ]);
  const warnings: FailedCheck[] = [];
  for (const mesh of withImports) {
    const { problems, warnings: told } = checkMesh(mesh, peersOf(mesh, complete, revision), neighbours);
    failed.push(...problems.map((message) => ({ stack: mesh.stack, message })));
    warnings.push(...told.map((message) => ({ stack: mesh.stack, message })));
  }
  return { meshes: withImports, failed, warnings };
}

/** What is wrong with the keys of a stack, those of its secrets included. */
function wrongKeys({ stack, role, raw, secrets }: DeclaredStack): FailedCheck[] {
  const ofSecrets = Object.keys(secrets).map((path) => [path.split(/[.[]/)[0]!, masked]);
  return keyProblems(role, { ...Object.fromEntries(ofSecrets), ...raw }).map((message) => ({ stack, message }));
}

/** What is wrong with the configuration of a trust stack. */
function trustProblems(declared: DeclaredStack): FailedCheck[] {
  const wrong = wrongKeys(declared);
  if (wrong.length > 0) return wrong;
  try {
    readRootConfig(declared.raw["root"], declared.stack);
    return [];
  } catch (error) {
    return messagesOf(error).map((message) => ({ stack: declared.stack, message }));
  }
}

/** Checks a mesh's imports and exports against its peers. */
export function checkMesh(
  mesh: PlannedMesh,
  peers: ReadonlyMap<string, Peer>,
  neighbours: Neighbour[],
): { problems: string[]; warnings: string[] } {
  const own = neighbours.filter((n) => n.stack !== mesh.stack);
  const problems: string[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      problems.push(...messagesOf(error));
      return undefined;
    }
  };
  attempt(() => resolveImports(mesh.config.imports, peers, mesh.contract.mesh));
  const plan = attempt(() => planFederation({ ...mesh.config, imports: [] }, mesh.contract.mesh.roots, own, peers));
  return { problems, warnings: plan?.warnings ?? [] };
}

/** The other meshes as one mesh knows them: by their published contracts, or by the files that it names for them. */
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
      const contract = given instanceof Problem ? undefined : (given ?? contracts.get(name));
      return [name, contract ? { state: "up", stack: name, contract } : { state: "absent", stack: name }];
    }),
  );
}

/** The single messages of an error; anything but a user's mistake is thrown on. */
function messagesOf(error: unknown): string[] {
  if (!(error instanceof Problem)) throw error;
  const items = error.message.split("\n").filter((line) => line.startsWith("  - "));
  return items.length > 0 ? items.map((line) => line.slice(4)) : [error.message];
}

function planImports(mesh: PlannedMesh, peers: ReadonlyMap<string, Peer>): Pick<PlannedMesh, "imports" | "contract"> {
  const imports = mesh.config.imports.map((spec): PlannedImport => {
    try {
      const {
        imports: [made],
        pending,
      } = resolveImports([spec], peers, mesh.contract.mesh);
      return { spec, made, pending: pending[0]?.reason };
    } catch (error) {
      messagesOf(error);
      return { spec };
    }
  });
  return {
    imports,
    contract: { ...mesh.contract, imports: imports.flatMap(({ made }) => (made ? [publishedImport(made)] : [])) },
  };
}

function draftContract(
  config: MeshConfig,
  neighbours: Neighbour[],
  deployed: ReadonlyMap<string, FederationContract>,
  revision: Revision,
): FederationContract {
  const before = deployed.get(config.mesh.name);
  return {
    version: contractVersion,
    mesh: identityOf(
      config,
      before?.mesh.roots ?? [],
      neighbours,
      peersOf({ name: config.mesh.name, config }, deployed, revision),
    ),
    gateways: gatewaysOf(config, before),
    exports: config.exports.map(publishedExport),
    imports: [],
    pendingImports: [],
  };
}

function gatewaysOf({ gateway }: MeshConfig, before: FederationContract | undefined): FederationContract["gateways"] {
  if (gateway.provider === "none") return [];
  if (gateway.provider === "existing") return gateway.addresses.map((address) => ({ address, port: gateway.port }));
  if (gateway.addresses) return gateway.addresses.map((address) => ({ address, port: autoPassthroughPort }));
  return before && before.gateways.length > 0
    ? before.gateways
    : [{ address: addressToCome, port: autoPassthroughPort }];
}
