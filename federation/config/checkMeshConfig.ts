import { overlapping, slotProblem } from "../cluster/addressPool.ts";
import { revisionFindings } from "../cluster/revisions.ts";
import { gatewayValueFindings } from "../cluster/gatewayValueConflicts.ts";
import { istioValueFindings } from "../cluster/istioValueConflicts.ts";
import { poolClashes, type DeclaredPool } from "../cluster/meshPools.ts";
import { checkNodes } from "../cluster/nodeImage.ts";
import { Findings } from "../errors/userError.ts";
import { exportHostFindings } from "../exports/exportHost.ts";
import { importId, meshesOf } from "../imports/importConfig.ts";
import { rfc1123Label } from "../objects/names.ts";
import { caKeyFindings } from "./checkCa.ts";
import type { SiblingMesh } from "./declaredMesh.ts";
import { duplicates, invalidConfig } from "./fields.ts";
import type { MeshConfig } from "./readMeshConfig.ts";
import type { ArtifactSources } from "./sources.ts";

/**
 * Checks the rules that concern several keys at once.
 * @throws UserError `config-invalid` with a detail for each finding
 */
export function checkMeshConfig(
  config: MeshConfig,
  stack: string,
  sources: ArtifactSources,
  siblings: SiblingMesh[],
): void {
  const findings = new Findings();
  checkNetworks(config, findings);
  if (config.cluster.provider === "kind") findings.addAll(checkNodes(config.cluster, sources));
  findings.addAll(istioValueFindings(config));
  findings.addAll(gatewayValueFindings(config));
  findings.addAll(revisionFindings(config));
  checkGatewayChart(config, findings);
  checkSlot(config, findings);
  checkNames(config, siblings, findings);
  checkUseOfNames(config, findings);
  findings.addAll(poolClashes({ name: config.mesh.name, pool: poolOf(config) }, siblings));
  checkPeers(config, siblings, findings);
  findings.addAll(caKeyFindings(config));
  config.exports.forEach((spec, i) =>
    findings.addAll(exportHostFindings(spec, config.mesh.clusterDomain, `exports.${i}`)),
  );
  checkDuplicates(config, findings);
  if (config.istio.provider === "existing" && config.ca.provider !== "external")
    findings.add("ca-of-existing-istio", {
      subject: "ca.provider",
      problem: `is ${config.ca.provider}, but istio.provider is existing: the CA of an existing Istio is its owner's`,
      remedy: "Remove the key ca, or set provider to external",
    });
  if (config.exports.length > 0 && config.gateway.provider === "none")
    findings.add("gateway-missing", {
      subject: "gateway.provider",
      problem: "is none, but the mesh exports services, which peers reach through an east-west gateway",
      remedy: "Set it to managed or existing",
    });
  findings.throwIfAny("config-invalid", invalidConfig(stack));
}

/** The pool that a configuration declares; undefined when the project sets up no pool. */
export function poolOf({ mesh, loadBalancer }: Pick<MeshConfig, "mesh" | "loadBalancer">): DeclaredPool | undefined {
  if (loadBalancer.provider !== "metallb") return undefined;
  if (loadBalancer.addresses) return { addresses: loadBalancer.addresses };
  return mesh.slot === undefined ? undefined : { slot: mesh.slot, slots: loadBalancer.slots };
}

function checkNetworks({ cluster, loadBalancer }: MeshConfig, findings: Findings): void {
  const addresses = loadBalancer.provider === "metallb" ? (loadBalancer.addresses ?? []) : [];
  const networks = [
    ...(cluster.podSubnet ? [{ name: "cluster.podSubnet", cidr: cluster.podSubnet }] : []),
    ...(cluster.serviceSubnet ? [{ name: "cluster.serviceSubnet", cidr: cluster.serviceSubnet }] : []),
    ...addresses.map((cidr) => ({ name: "loadBalancer.addresses", cidr })),
  ];
  for (const [subject, other] of overlapping(networks))
    findings.add("config-subnets-overlap", {
      subject,
      problem: `overlaps ${other}`,
      remedy: "The networks of a mesh must be disjoint: change one of them",
    });
}

/** Charts of one's own come from one place, which must have that of the gateway too. */
function checkGatewayChart({ gateway, istio }: MeshConfig, findings: Findings): void {
  if (gateway.provider !== "managed" || istio.provider !== "managed" || !istio.charts || istio.charts.gateway) return;
  findings.add("config-value-missing", {
    subject: "istio.charts.gateway",
    problem: "is missing; the gateway is managed, and its chart comes from where those of Istio do",
    remedy: "Name the chart or its folder, or remove istio.charts",
  });
}

function checkSlot({ mesh, cluster, loadBalancer }: MeshConfig, findings: Findings): void {
  if (loadBalancer.provider !== "metallb" || loadBalancer.addresses) return;
  const { slots } = loadBalancer;
  const wrong = mesh.slot === undefined ? "slot is not set" : slotProblem(mesh.slot, slots);
  if (wrong)
    findings.add("config-slot-invalid", {
      subject: "mesh.slot",
      problem: wrong,
      remedy: `Choose 1 to ${slots - 1}: the part of the node network, of ${slots}, that holds the mesh's pool`,
    });
  else if (cluster.provider === "existing")
    findings.add("config-pool-missing", {
      subject: "loadBalancer.addresses",
      problem: "is missing; an existing cluster has no Docker network of which a slot is a part",
      remedy: "Set the addresses (CIDR), or set loadBalancer.provider to none",
    });
}

function checkNames({ mesh, cluster }: MeshConfig, siblings: SiblingMesh[], findings: Findings): void {
  for (const other of siblings) {
    if (other.name === mesh.name)
      findings.add("config-name-duplicate", {
        subject: "mesh.name",
        problem: `"${mesh.name}" is also the name of the mesh in stack "${other.stack}"`,
        remedy: "Choose another name",
      });
    if (cluster.provider === "kind" && other.onKind && other.cluster === mesh.cluster)
      findings.add("config-name-duplicate", {
        subject: "mesh.cluster",
        problem: `"${mesh.cluster}" is also the KinD cluster of the mesh in stack "${other.stack}"`,
        remedy: "Choose another name",
      });
  }
}

/** Longest name of a KinD cluster: its node is a host, whose name ends with `-control-plane`. */
const longestKindName = 49;

/** Names that only some meshes may have. */
function checkUseOfNames({ mesh, cluster, istio, gateway, imports }: MeshConfig, findings: Findings): void {
  const { network } = mesh;
  if (!rfc1123Label.test(mesh.name))
    findings.add("config-value-missing", {
      subject: "mesh.name",
      problem: `is missing, and the stack's name (${JSON.stringify(mesh.name)}) is no name that peers accept`,
      remedy: "Set it to an RFC 1123 label: lower-case letters, digits and '-', at most 63",
    });
  if (cluster.provider === "kind" && !(rfc1123Label.test(mesh.cluster) && mesh.cluster.length <= longestKindName))
    findings.add("config-value-invalid", {
      subject: "mesh.cluster",
      problem:
        `must be a name for a KinD cluster: lower-case letters, digits and '-', at most ${longestKindName} ` +
        `(given: ${JSON.stringify(mesh.cluster)})`,
      remedy: "Set mesh.cluster, whose default is mesh.name",
    });
  const needsNetwork = [
    ...(istio.provider === "managed" ? ["istio.provider is managed"] : []),
    ...(gateway.provider === "managed" ? ["gateway.provider is managed"] : []),
    ...imports.filter(({ blend }) => blend).map(({ name }) => `import "${name}" is blended`),
  ];
  if (network === "" && needsNetwork.length > 0)
    findings.add("config-value-invalid", {
      subject: "mesh.network",
      problem: `must not be empty where ${needsNetwork[0]!}: the gateway would hand calls of peers on to other peers`,
      remedy: "Set a network in Istio and in mesh.network",
    });
}

function checkPeers(config: MeshConfig, siblings: SiblingMesh[], findings: Findings): void {
  const own = config.mesh.name;
  const names = new Set([...siblings.map((sibling) => sibling.name), ...Object.keys(config.peers)]);
  const known = [...names].filter((name) => name !== own);
  const knownText = `known meshes: ${known.join(", ") || "none"}`;
  for (const name of config.quarantine.filter((mesh) => !known.includes(mesh)))
    findings.add("config-peer-unknown", {
      subject: "quarantine",
      problem: name === own ? `names this mesh itself ("${own}")` : `unknown mesh "${name}"; ${knownText}`,
      remedy: name === own ? `Name another mesh; ${knownText}` : "Correct the name, or add an entry in peers",
    });
  for (const spec of config.imports)
    for (const from of meshesOf(spec)) {
      const subject = `import "${spec.name}"`;
      if (from === own)
        findings.add("config-peer-unknown", {
          subject,
          problem: `from is this mesh itself ("${own}")`,
          remedy: "Name another mesh",
        });
      else if (!known.includes(from))
        findings.add("config-peer-unknown", {
          subject,
          problem: `unknown peer "${from}" in from; ${knownText}`,
          remedy: `Add stacks/Pulumi.${from}.yaml, or say in peers.${from} where its contract is`,
        });
    }
  for (const spec of config.exports)
    for (const to of spec.to.filter((name) => !known.includes(name)))
      findings.add("config-peer-unknown", {
        subject: `export "${spec.name}"`,
        problem: `unknown mesh "${to}" in to; ${knownText}`,
        remedy: `Add stacks/Pulumi.${to}.yaml, or an entry in peers`,
      });
}

function checkDuplicates({ exports, imports }: MeshConfig, findings: Findings): void {
  const add = (subject: string, problem: string, remedy: string): void =>
    findings.add("config-entry-duplicate", { subject, problem, remedy });
  for (const name of duplicates(exports.map((spec) => spec.name)))
    add("exports", `two entries have the name "${name}"`, "Choose another name");
  for (const host of duplicates(exports.map((spec) => spec.host)))
    add("exports", `two entries have the host "${host}"`, "Choose another host");
  for (const id of duplicates(imports.map(importId))) add("imports", `${id} is listed twice`, "Remove one entry");
}
