import { meet } from "../addresses.ts";
import { addressClaims, gatewayHostClaims, nameClaims, trustClaims, type AddressClaim } from "../claims.ts";
import { is, objectName, specOf, violation, type Resource, type Rule, type Violation } from "../rule.ts";
import { defaults } from "../settings.ts";
import { listOf, objectOf } from "../values.ts";

/**
 * What no two stacks may share: names by which Istio distinguishes meshes, clusters and networks, and
 * addresses. A trust domain may be shared where the roots are, which is one issuer of identities.
 */
export const noClashes: Rule = {
  name: "no-clashes-across-stacks",
  description:
    "Names of meshes, meshIDs, clusters and networks, gateway addresses and the ranges of load balancers differ " +
    "between stacks, and no gateway has an address of pods elsewhere. Istio takes endpoints of an equally named " +
    "network for its own; equal addresses reach only one of two.",
  scope: "federation",
  settings: ["separateTrustDomains", "separatePodNetworks"],
  check: (resources, { separateTrustDomains, separatePodNetworks } = defaults) => [
    ...sameNames(resources),
    ...sameTrustDomains(resources, separateTrustDomains),
    ...pairsOf(resources.flatMap(addressClaims)).flatMap(([a, b]) => sameAddresses(a, b, separatePodNetworks)),
    ...sameGatewayHosts(resources),
    ...ownNetwork(resources),
  ],
};

function sameNames(resources: Resource[]): Violation[] {
  return pairsOf(resources.flatMap(nameClaims))
    .filter(([a, b]) => a.key === b.key && a.value === b.value && a.resource !== b.resource)
    .map(([a, b]) =>
      violation(b.resource, {
        problem: `has mesh.${a.key} "${a.value}", which ${where(a.resource)} has too`,
        field: `federation.mesh.${a.key}`,
        allowed: "a value that no other stack has",
        remedy: `change mesh.${a.key} in one of ${where(a.resource)} and ${where(b.resource)}`,
      }),
    );
}

function sameTrustDomains(resources: Resource[], separate: boolean): Violation[] {
  return pairsOf(resources.flatMap(trustClaims)).flatMap(([a, b]) => {
    const apart = a.roots.length > 0 && b.roots.length > 0 && !a.roots.some((root) => b.roots.includes(root));
    if (a.domain !== b.domain || a.resource === b.resource || !(apart || separate)) return [];
    return [
      violation(b.resource, {
        problem:
          `has trust domain "${a.domain}", which ${where(a.resource)} has too` +
          (apart ? " under another root, so that two issuers give out the same identities" : ""),
        field: "federation.mesh.trustDomain",
        allowed: separate ? "a trust domain that no other stack has" : "a trust domain of its own, or a root in common",
        remedy: "change mesh.trustDomain in one of them",
      }),
    ];
  });
}

function sameAddresses(a: AddressClaim, b: AddressClaim, separate: boolean): Violation[] {
  if (!meet(a.addresses, b.addresses) || !mustDiffer(a, b, separate)) return [];
  return [
    violation(b.resource, {
      problem: `has the ${b.what}, which meets the ${a.what} of ${where(a.resource)}`,
      field: b.field,
      allowed: "addresses that no other stack uses",
      remedy: `give ${where(a.resource)} and ${where(b.resource)} addresses of their own`,
    }),
  ];
}

function sameGatewayHosts(resources: Resource[]): Violation[] {
  return pairsOf(resources.flatMap(gatewayHostClaims))
    .filter(([a, b]) => a.resource !== b.resource && a.host === b.host && a.port === b.port)
    .map(([a, b]) =>
      violation(b.resource, {
        problem: `has the gateway ${b.host}:${b.port}, which ${where(a.resource)} has too`,
        field: b.field,
        allowed: "a gateway that no other stack has",
        remedy: `give ${where(a.resource)} and ${where(b.resource)} gateways of their own`,
      }),
    );
}

/**
 * Whether two claims must not meet. Inside one stack only pools: its gateway has an address of its own pool. Pods and
 * Services of two meshes may have the same addresses, but a gateway's inside them would never be reached from there.
 */
function mustDiffer(a: AddressClaim, b: AddressClaim, separate: boolean): boolean {
  if (a.resource.stack === b.resource.stack) return a.kind === "pool" && b.kind === "pool" && a.resource !== b.resource;
  if (a.kind === "network" && b.kind === "network") return separate;
  // One address may stand for two gateways on ports of their own.
  return a.kind !== "gateway" || b.kind !== "gateway" || a.port === b.port;
}

/** An import whose endpoints are in the stack's own network: Istio would take the peer's gateway for a local pod. */
function ownNetwork(resources: Resource[]): Violation[] {
  const owns = resources.flatMap(nameClaims).filter((c) => c.key === "network");
  const entries = resources.filter(
    (r) => is(r, "networking.istio.io", "ServiceEntry") || is(r, "networking.istio.io", "WorkloadEntry"),
  );
  return entries.flatMap((resource) => {
    const spec = specOf(resource);
    const places = [
      { field: "spec.network", network: spec["network"] },
      ...listOf(spec["endpoints"]).map((e, i) => ({
        field: `spec.endpoints[${i}].network`,
        network: objectOf(e)["network"],
      })),
    ];
    return places
      .filter(({ network }) => owns.some((own) => own.value === network && own.resource.stack === resource.stack))
      .map(({ field, network }) =>
        violation(resource, {
          problem: `leads to network ${network}, which is this mesh's own`,
          field,
          allowed: "the exporter's network, under another name",
          remedy: "change the network's name in one of the meshes",
        }),
      );
  });
}

function where(resource: Resource): string {
  return resource.stack ? `stack ${resource.stack}` : objectName(resource);
}

function pairsOf<T>(values: T[]): [T, T][] {
  return values.flatMap((a, i) => values.slice(i + 1).map((b): [T, T] => [a, b]));
}
