import { z } from "zod";
import { managedGatewayLabels } from "../cluster/gatewayObjects.ts";
import {
  defaultClusterDomain,
  defaultGateway,
  defaultGatewayPort,
  defaultLocality,
  defaultNames,
  defaultTrustDomain,
  istioNamespace,
} from "../config/defaults.ts";
import {
  cidr,
  gatewayAddress,
  gatewayWeight,
  inLabel,
  inLabelOrEmpty,
  label,
  portNumber,
  selectingLabels,
  subdomain,
} from "../config/fields.ts";
import { peerSettings } from "../config/peerSettings.ts";
import { minorOf } from "../config/versions.ts";
import { contractVersion } from "../contract/contract.ts";
import { contractSchema } from "../contract/schema.ts";
import { UserError, type Finding } from "../errors/userError.ts";
import { rulesByPeer, type PeerRules } from "../imports/peerRules.ts";
import { contractRoots } from "../trust/bundle.ts";
import { rootFingerprints } from "../trust/caMaterial.ts";
import { pemBlocks, pemOf } from "../trust/pem.ts";
import { teamRules } from "./teamRules.ts";

/** Name of the stack output in which a mesh's stack gives its description to the other stacks of its owner. */
export const descriptionOutput = "mesh";

const peers = z.record(label, z.strictObject(peerSettings)).default({});

const gateway = z.strictObject({
  /** Namespace of the east-west gateway's pods. */
  namespace: label,
  /** Labels that select them. */
  labels: selectingLabels,
});

/**
 * A mesh as the programs of its owner need it. The contract is what peers may know; the rest concerns its own exports
 * and imports. No part of it is secret.
 */
export const meshDescriptionSchema = z.object({
  /** The contract of the mesh without exports and imports. */
  contract: contractSchema,
  gateway,
  peers,
  /** Ranges in which no peer's gateway can be: those of the mesh's own pods, Services and load balancers. */
  ownNetworks: z.array(cidr).max(64).default([]),
  /** Namespaces of the mesh's own control plane and gateway, whose Services no peer may stand in for. */
  ownNamespaces: z.array(label).max(64).default([istioNamespace]),
  /** What each team may export and import; undefined: only the owner exports and imports. */
  teams: z.record(label, teamRules).optional(),
});

/** A mesh as the programs of its owner need it. */
export type MeshDescription = z.infer<typeof meshDescriptionSchema>;

/** What a mesh is, as its owner says it. Every field but the name and the version has a default. */
export const meshArguments = z.strictObject({
  name: label,
  meshId: inLabel.optional(),
  cluster: inLabel.optional(),
  network: inLabelOrEmpty.optional(),
  trustDomain: subdomain.default(defaultTrustDomain),
  clusterDomain: subdomain.default(defaultClusterDomain),
  istioVersion: z.string(),
  istioMinor: z.string().optional(),
  region: inLabel.optional(),
  zone: inLabel.optional(),
  acceptedTrustDomains: z.array(subdomain).default([]),
  roots: z.string().default(""),
  trusts: z.record(label, z.array(z.string())).default({}),
  gatewayAddresses: z.array(gatewayAddress).default([]),
  gateways: z
    .array(z.strictObject({ address: gatewayAddress, port: portNumber.optional(), weight: gatewayWeight.optional() }))
    .default([]),
  gatewayPort: portNumber.default(defaultGatewayPort),
  gatewayNamespace: label.default(defaultGateway.namespace),
  gatewayLabels: selectingLabels.default(managedGatewayLabels(defaultGateway.name)),
  peers,
  ownNetworks: z.array(cidr).default([]),
  ownNamespaces: z.array(label).default([]),
  teams: z.record(label, teamRules).optional(),
});

/** {@link meshArguments} as a user gives them. */
export type MeshArguments = z.input<typeof meshArguments>;

/**
 * Describes a mesh by what its owner says of it.
 * @throws UserError `mesh-description-invalid` with a detail for each wrong field
 */
export function describeMesh(facts: MeshArguments): MeshDescription {
  const known = checked(meshArguments, facts, String(facts.name));
  const { name, gateways, gatewayAddresses, gatewayPort, gatewayNamespace, gatewayLabels, region, zone } = known;
  const names = defaultNames(name);
  const locality = defaultLocality(name);
  const described: z.input<typeof meshDescriptionSchema> = {
    contract: {
      version: contractVersion,
      mesh: {
        name,
        meshId: known.meshId ?? names.meshId,
        cluster: known.cluster ?? names.cluster,
        network: known.network ?? names.network,
        trustDomain: known.trustDomain,
        clusterDomain: known.clusterDomain,
        istioVersion: known.istioVersion,
        istioMinor: known.istioMinor ?? minorOf(known.istioVersion) ?? "",
        locality: `${region ?? locality.region}/${zone ?? locality.zone}`,
        acceptedTrustDomains: known.acceptedTrustDomains,
        roots: contractRootsOf(known.roots, name),
        trusts: known.trusts,
      },
      gateways: [
        ...gatewayAddresses.map((address) => ({ address, port: gatewayPort })),
        ...gateways.map((gateway) => ({ ...gateway, port: gateway.port ?? gatewayPort })),
      ],
      exports: [],
      imports: [],
      pendingImports: [],
    },
    gateway: { namespace: gatewayNamespace, labels: gatewayLabels },
    peers: known.peers,
    ownNetworks: known.ownNetworks,
    ownNamespaces: [...new Set([istioNamespace, gatewayNamespace, ...known.ownNamespaces])],
    ...(known.teams ? { teams: known.teams } : {}),
  };
  return checked(meshDescriptionSchema, described, name);
}

/**
 * Reads a description that another stack of the same owner has published.
 * @throws UserError `mesh-description-invalid`
 */
export function parseDescription(value: unknown): MeshDescription {
  return checked(meshDescriptionSchema, value, "");
}

/** What the mesh accepts from its peers. */
export function rulesOf({ contract, ownNetworks, ownNamespaces, peers }: MeshDescription): PeerRules {
  return { ownNetworks, ownNamespaces, ownDomain: contract.mesh.clusterDomain, peers: rulesByPeer(peers) };
}

/** The certificates of a bundle as roots of a contract: the first signs, the others come next. */
function contractRootsOf(bundle: string, mesh: string): MeshDescription["contract"]["mesh"]["roots"] {
  if (bundle.trim() === "") return [];
  try {
    const pems = pemBlocks(bundle, "CERTIFICATE").map((der) => pemOf("CERTIFICATE", der));
    const roots = pems.map((pem, i) => {
      const [sha256] = rootFingerprints(pem);
      if (sha256 === undefined) throw new Error(`block ${i + 1} is no certificate`);
      return { sha256, pem };
    });
    const [active] = roots;
    if (!active) throw new Error("there is no certificate in it");
    return contractRoots({ roots, active: active.sha256 });
  } catch (error) {
    throw invalid(mesh, [{ field: "roots", problem: `must be certificates in PEM: ${(error as Error).message}` }]);
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown, mesh: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5);
  throw invalid(
    mesh,
    issues.map(({ path, message }) => ({ field: path.map(String).join(".").slice(0, 200), problem: message })),
  );
}

function invalid(mesh: string, wrong: { field: string; problem: string }[]): UserError {
  const code = "mesh-description-invalid";
  const details = wrong.map(({ field, problem }): Finding => ({
    code,
    subject: field || "mesh",
    problem,
    remedy: "Correct it",
  }));
  const problem = "its description is not valid";
  const remedy = "Correct the arguments of FederatedMesh";
  return new UserError(code, { subject: `mesh "${mesh.slice(0, 63)}"`, problem, remedy }, details);
}
