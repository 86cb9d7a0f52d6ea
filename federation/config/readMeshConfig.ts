import type { DeclaredExport } from "../imports/resolveImports.ts";
import { overlapping, slotProblem } from "../cluster/addressPool.ts";
import { duplicates, readChecked } from "./fields.ts";
import { planExport, type ExportPlan } from "../exports/exportPlan.ts";
import { importId, meshesOf } from "../imports/importConfig.ts";
import { meshConfigSchema, type RawMeshConfig } from "./meshSchema.ts";
import { minorOf } from "./istioVersions.ts";
import { poolClashes, type DeclaredPool } from "../cluster/meshPools.ts";
import { checkNodes } from "../cluster/nodeImage.ts";
import { Problems } from "../errors/problem.ts";
import type { Sources } from "./sources.ts";

/** A mesh stack's configuration, checked and complete: every default is filled in. */
export interface MeshConfig extends Omit<RawMeshConfig, "mesh" | "gateway" | "loadBalancer" | "exports"> {
  mesh: {
    name: string;
    meshId: string;
    cluster: string;
    network: string;
    trustDomain: string;
    acceptedTrustDomains: string[];
    slot?: number;
    locality: { region: string; zone: string };
  };
  gateway: NonNullable<RawMeshConfig["gateway"]>;
  loadBalancer: NonNullable<RawMeshConfig["loadBalancer"]>;
  exports: ExportPlan[];
  /** Version and minor of the mesh's Istio, from the configuration or the sources. */
  istioVersion: string;
  istioMinor: string;
}

/** Another mesh stack of this project, as its file declares it. */
export interface Neighbour {
  stack: string;
  name: string;
  pool?: DeclaredPool;
  meshId?: string;
  cluster?: string;
  network?: string;
  trustDomain?: string;
  /** What it exports; may be ahead of what is deployed. */
  exports?: DeclaredExport[];
}

/**
 * Checks a mesh stack's configuration and fills in the defaults.
 *
 * @param raw values of the stack's configuration keys, without the project prefix
 * @param stack the stack's name; default of the mesh's name
 * @param sources where charts and images come from; default of the Istio version, and whose Kubernetes the nodes can have
 * @param neighbours the other mesh stacks of this project, for duplicate names and pools that overlap
 * @throws Problem that lists every wrong key with its value and what is allowed
 */
export function readMeshConfig(
  raw: Record<string, unknown>,
  stack: string,
  sources: Sources,
  neighbours: Neighbour[] = [],
): MeshConfig {
  const data = readChecked(meshConfigSchema, raw, stack);
  const name = data.mesh.name ?? stack;
  const config: MeshConfig = {
    ...data,
    mesh: {
      name,
      meshId: data.mesh.meshId ?? `${name}-mesh`,
      cluster: data.mesh.cluster ?? name,
      network: data.mesh.network ?? `network-${name}`,
      trustDomain: data.mesh.trustDomain,
      acceptedTrustDomains: data.mesh.acceptedTrustDomains,
      slot: data.mesh.slot,
      locality: data.mesh.locality ?? { region: name, zone: `${name}-1` },
    },
    gateway:
      data.gateway ??
      (data.exports.length > 0
        ? { provider: "managed", name: "istio-eastwestgateway", namespace: "istio-system" }
        : { provider: "none" }),
    loadBalancer:
      data.loadBalancer ??
      (data.cluster.provider === "kind" ? { provider: "metallb", slots: 4 } : { provider: "none" }),
    exports: data.exports.map((e) => planExport(e, data.mesh.trustDomain)),
    istioVersion: data.istio.version ?? sources.istio.version,
    istioMinor:
      data.istio.istioMinor ??
      (data.istio.version ? minorOf(data.istio.version) : undefined) ??
      sources.istio.istioMinor,
  };
  checkTogether(config, stack, sources, neighbours);
  return config;
}

/** Rules that concern several keys at once. */
function checkTogether(config: MeshConfig, stack: string, sources: Sources, neighbours: Neighbour[]): void {
  const problems = new Problems();
  const { mesh, cluster, loadBalancer } = config;
  const networks = [
    ...(cluster.podSubnet ? [{ name: "cluster.podSubnet", cidr: cluster.podSubnet }] : []),
    ...(cluster.serviceSubnet ? [{ name: "cluster.serviceSubnet", cidr: cluster.serviceSubnet }] : []),
    ...(loadBalancer.provider === "metallb"
      ? (loadBalancer.addresses ?? []).map((cidr) => ({ name: "loadBalancer.addresses", cidr }))
      : []),
  ];
  for (const [a, b] of overlapping(networks))
    problems.add(`${a} overlaps ${b}; within a mesh these networks must be apart: change one of them`);
  if (cluster.provider === "kind") checkNodes(cluster, sources, problems);
  if (loadBalancer.provider === "metallb" && !loadBalancer.addresses) {
    const wrong = mesh.slot === undefined ? "slot is not set" : slotProblem(mesh.slot, loadBalancer.slots);
    if (wrong)
      problems.add(
        `mesh.slot: ${wrong}; it says which of the ${loadBalancer.slots} parts of the node network is this mesh's load-balancer pool (loadBalancer.slots, 1 to ${loadBalancer.slots - 1} to choose from)`,
      );
    else if (cluster.provider === "existing")
      problems.add(
        "loadBalancer.addresses is missing: for an existing cluster the pool cannot be cut from a docker network; name the addresses (CIDR), or set loadBalancer.provider to none",
      );
  }
  for (const other of neighbours) {
    if (other.name === mesh.name)
      problems.add(
        `mesh.name "${mesh.name}" is also the name of the mesh in stack "${other.stack}"; names must differ`,
      );
    for (const key of ["meshId", "cluster", "network"] as const)
      if (other[key] === mesh[key])
        problems.add(
          `mesh.${key} "${mesh[key]}" is also that of the mesh in stack "${other.stack}"; it must differ between meshes, or Istio takes the other's endpoints for its own`,
        );
  }
  for (const clash of poolClashes({ name: mesh.name, pool: poolOf(config) }, neighbours)) problems.add(clash);
  const known = [...new Set([...neighbours.map((n) => n.name), ...Object.keys(config.peers)])].filter(
    (n) => n !== mesh.name,
  );
  const knownText = known.length > 0 ? known.join(", ") : "none";
  for (const spec of config.imports)
    for (const from of meshesOf(spec))
      if (from === mesh.name) problems.add(`imports "${spec.name}": from is this mesh itself ("${mesh.name}")`);
      else if (!known.includes(from))
        problems.add(
          `imports "${spec.name}": unknown peer "${from}"; known meshes: ${knownText}. Add stacks/Pulumi.${from}.yaml, or say where its contract is in peers.${from}.stack`,
        );
  for (const spec of config.exports)
    for (const to of spec.to.filter((t) => !known.includes(t)))
      problems.add(
        `exports "${spec.name}": unknown mesh "${to}" in to; known meshes: ${knownText}. Add stacks/Pulumi.${to}.yaml, or an entry in peers`,
      );
  for (const name of duplicates(config.exports.map((e) => e.name)))
    problems.add(`exports: two entries are named "${name}"; names must differ`);
  for (const host of duplicates(config.exports.map((e) => e.host)))
    problems.add(`exports: two entries have the host "${host}"; hosts must differ`);
  for (const key of duplicates(config.imports.map(importId))) problems.add(`imports: ${key} is listed twice`);
  if (config.exports.length > 0 && config.gateway.provider === "none")
    problems.add(
      "gateway.provider is none, but services are exported; peers reach them through an east-west gateway: use managed or existing",
    );
  problems.throwIfAny(`the configuration of stack "${stack}" is not valid:`);
}

/** What a checked configuration says of the mesh's pool; undefined when no pool is set up. */
export function poolOf({ mesh, loadBalancer }: Pick<MeshConfig, "mesh" | "loadBalancer">): DeclaredPool | undefined {
  if (loadBalancer.provider !== "metallb") return undefined;
  if (loadBalancer.addresses) return { addresses: loadBalancer.addresses };
  return mesh.slot === undefined ? undefined : { slot: mesh.slot, slots: loadBalancer.slots };
}
