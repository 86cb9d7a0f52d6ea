import type { KubeClient } from "../../kube/kubeClient.ts";
import type { FederationContract } from "../../federation/contract/contract.ts";
import type { Mesh } from "../../workspace/meshes.ts";
import type { Edge, GatewayAddress } from "../edge.ts";
import type { Task } from "../verifyEdges.ts";

/** A host that a mesh exports, with everything that its exports publish of it. */
export interface ExportedHost {
  host: string;
  /** The Service behind it, where the mesh's contract names it. */
  service: { namespace: string; name: string } | undefined;
  ports: number[];
  subsets: string[];
}

/** A mesh that exports, as far as it is known here. */
export interface Exporter {
  mesh: string;
  gateways: GatewayAddress[];
  hosts: ExportedHost[];
  /** Its cluster, where there are credentials. */
  cluster: KubeClient | undefined;
  /** The mesh from which it is seen. */
  seenFrom: string;
}

/** Meshes to check as exporters: those that the edges import from, and `meshes` whose cluster can be read. */
export function exportersOf(tasks: Task[], meshes: Mesh[]): Exporter[] {
  const names = new Set([
    ...tasks.flatMap(({ edge }) => edge.meshes),
    ...meshes.filter((m) => m.cluster && m.contract).map((m) => m.name),
  ]);
  return [...names].flatMap((mesh) => {
    const edges = tasks.map(({ edge }) => edge).filter((edge) => edge.meshes.includes(mesh));
    const readable = meshes.find((m) => m.name === mesh);
    const contract =
      readable?.contract ?? tasks.map(({ access }) => access.contracts.get(mesh)).find((c) => c !== undefined);
    const gateways = contract
      ? contract.gateways.map((g) => ({ mesh, ...g }))
      : uniqueGateways(edges.flatMap((edge) => edge.gateways.filter((g) => g.mesh === mesh)));
    const hosts = contract ? hostsOf(contract) : hostsOfEdges(edges);
    return hosts.length > 0 && gateways.length > 0
      ? [{ mesh, gateways, hosts, cluster: readable?.cluster, seenFrom: edges[0]?.mesh ?? mesh }]
      : [];
  });
}

function hostsOf({ exports }: FederationContract): ExportedHost[] {
  return merged(
    exports.map(({ host, namespace, service, ports, subsets }) => ({
      host,
      service: { namespace, name: service },
      ports: ports.map((p) => p.number),
      subsets,
    })),
  );
}

/** Without the contract, what is imported is known to be exported. */
function hostsOfEdges(edges: Edge[]): ExportedHost[] {
  return merged(
    edges.map(({ exportedHost, port, subsets }) => ({
      host: exportedHost,
      service: undefined,
      ports: [port.number],
      subsets,
    })),
  );
}

/** Each host once: several exports may publish ports of the same one. */
function merged(hosts: ExportedHost[]): ExportedHost[] {
  return [...Map.groupBy(hosts, ({ host }) => host).values()].map((same) => ({
    ...same[0]!,
    ports: [...new Set(same.flatMap((h) => h.ports))],
    subsets: [...new Set(same.flatMap((h) => h.subsets))],
  }));
}

function uniqueGateways(gateways: GatewayAddress[]): GatewayAddress[] {
  return [...new Map(gateways.map((g) => [`${g.address} ${g.port}`, g])).values()];
}
