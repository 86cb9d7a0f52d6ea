import { addressesOf, type Addresses } from "./addresses.ts";
import { is, specOf, type Resource } from "./rule.ts";
import { isUnknown, listOf, numberOf, objectOf, textOf, wordOf } from "./values.ts";

/** A name that a mesh goes by. */
export interface NameClaim {
  key: string;
  value: string;
  resource: Resource;
}

/** Addresses that a stack uses. */
export interface AddressClaim {
  kind: "gateway" | "pool" | "network";
  /** In words, e.g. `address pool 192.0.2.0/24`. */
  what: string;
  field: string;
  addresses: Addresses;
  /** Port, of a gateway. */
  port?: number;
  resource: Resource;
}

/** The contract that a stack publishes as output `federation`; empty for any other resource. */
function contractOf(resource: Resource): Record<string, any> {
  return resource.type === "pulumi:pulumi:Stack" ? objectOf(objectOf(resource.props)["federation"]) : {};
}

/** Names by which Istio distinguishes meshes, clusters and networks, as a stack publishes them. */
export function nameClaims(resource: Resource): NameClaim[] {
  const mesh = objectOf(contractOf(resource)["mesh"]);
  return ["name", "meshId", "cluster", "network"].flatMap((key) => {
    const value = textOf(mesh[key]);
    return value === undefined ? [] : [{ key, value, resource }];
  });
}

/** A mesh's trust domain and its root certificates' fingerprints, as a stack publishes them; at most one. */
export function trustClaims(resource: Resource): { domain: string; roots: unknown[]; resource: Resource }[] {
  const { trustDomain, roots } = objectOf(contractOf(resource)["mesh"]);
  if (textOf(trustDomain) === undefined) return [];
  const fingerprints = listOf(roots).map((root) => objectOf(root)["sha256"]);
  return [{ domain: trustDomain as string, roots: fingerprints, resource }];
}

/** Gateways that a stack publishes by a host name. */
export function gatewayHostClaims(
  resource: Resource,
): { host: string; port: number; field: string; resource: Resource }[] {
  return listOf(contractOf(resource)["gateways"])
    .map(objectOf)
    .flatMap(({ address, port }, i) => {
      const host = textOf(address)?.toLowerCase();
      return host === undefined || isUnknown(host) || addressesOf(host)
        ? []
        : [{ host, port: numberOf(port), field: `federation.gateways[${i}].address`, resource }];
    });
}

/**
 * Addresses of gateways (as published), of pools that MetalLB hands out, and of pods and Services of KinD clusters.
 * https://metallb.io/configuration/ https://kind.sigs.k8s.io/docs/user/configuration/#networking
 */
export function addressClaims(resource: Resource): AddressClaim[] {
  // The unspecified address stands for one that a load balancer has yet to give.
  const known = (text: unknown): boolean => text !== "0.0.0.0" && text !== "::";
  const claims = (
    kind: AddressClaim["kind"],
    what: string,
    field: string,
    texts: unknown[],
    port?: number,
  ): AddressClaim[] =>
    texts.flatMap((text) => {
      const addresses = addressesOf(wordOf(text));
      return addresses
        ? [
            {
              kind,
              what: `${what} ${wordOf(text)}`,
              field,
              addresses,
              resource,
              ...(port !== undefined ? { port } : {}),
            },
          ]
        : [];
    });
  const gateways = listOf(contractOf(resource)["gateways"])
    .map(objectOf)
    .flatMap(({ address, port }, i) =>
      claims(
        "gateway",
        "gateway address",
        `federation.gateways[${i}].address`,
        [address].filter(known),
        numberOf(port),
      ),
    );
  const pools = is(resource, "metallb.io", "IPAddressPool")
    ? claims("pool", "address pool", "spec.addresses", listOf(specOf(resource)["addresses"]))
    : [];
  return [
    ...gateways,
    ...pools,
    ...(["podSubnet", "serviceSubnet"] as const).flatMap((key) =>
      claims(
        "network",
        key === "podSubnet" ? "pod network" : "Service network",
        `stdin, ${key}`,
        kindNetworks(resource, key),
      ),
    ),
  ];
}

/** Networks in the KinD configuration that a command is given; two, with a comma, for a cluster with IPv4 and IPv6. */
function kindNetworks(resource: Resource, key: string): string[] {
  if (resource.type !== "command:local:Command") return [];
  const text = wordOf(objectOf(resource.props)["stdin"]);
  if (!text.includes("kind.x-k8s.io")) return [];
  const [, value = ""] = new RegExp(`^\\s*["']?${key}["']?\\s*:\\s*["']?([0-9a-fA-F.:/, ]+)`, "m").exec(text) ?? [];
  return value
    .split(",")
    .map((v) => v.trim())
    .filter((v) => v !== "");
}
