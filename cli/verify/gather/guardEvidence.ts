import { autoPassthroughSni } from "../../../components/plan/names.ts";
import type { Edge, GatewayAddress } from "../edge.ts";
import { unexportedSni, type ClusterFindings, type GatewayTrials } from "../guards.ts";
import { requestWithoutCertificate, sayHello, sayPlaintext } from "./clientHello.ts";
import type { Cluster } from "./cluster.ts";
import { passthroughOf } from "./farSide.ts";

/**
 * Tries at a gateway what it must refuse, beside an exported name that it must let through. Nothing is changed by it.
 * @param hidden host of a service that exists behind the gateway and is not exported; where none is known, an invented one
 */
export async function tryGateway(edge: Edge, gateway: GatewayAddress, hidden?: { host: string; port: number }): Promise<GatewayTrials> {
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  const [exported, notExported, foreign, plaintext, withoutCertificate] = await Promise.all([
    sayHello(gateway, sni),
    sayHello(gateway, hidden ? autoPassthroughSni(hidden.host, hidden.port) : unexportedSni(edge.exportedHost, edge.port.number)),
    sayHello(gateway, sni, undefined, null),
    sayPlaintext(gateway),
    requestWithoutCertificate(gateway, sni),
  ]);
  return { mesh: gateway.mesh, address: `${gateway.address}:${gateway.port}`, seenFrom: edge.mesh, exported, notExported, foreign, plaintext, withoutCertificate };
}

/** Looks in a cluster for what must not be there. */
export async function lookAtCluster(mesh: string, cluster: Cluster): Promise<ClusterFindings> {
  const [gateways, remote, any] = await Promise.all([
    cluster.istio("networking", "gateways"),
    cluster.inTime(cluster.core.listSecretForAllNamespaces({ labelSelector: "istio/multiCluster=true" })),
    cluster.inTime(cluster.core.listSecretForAllNamespaces({ limit: 5 })),
  ]);
  return {
    mesh,
    passthrough: passthroughOf(gateways).map(({ object, hosts }) => ({ object, hosts })),
    gateways: gateways.length,
    secrets: any.items.length,
    remoteSecrets: remote.items.map((s) => `Secret ${s.metadata?.namespace}/${s.metadata?.name}`),
  };
}

/** A service that exists beside an exported one and is not exported: a real door to find shut. */
export async function hiddenService(cluster: Cluster): Promise<{ host: string; port: number } | undefined> {
  const [gateways, services] = await Promise.all([cluster.istio("networking", "gateways"), cluster.inTime(cluster.core.listServiceForAllNamespaces())]);
  const open = new Set(passthroughOf(gateways).flatMap((g) => g.hosts));
  const closed = services.items.flatMap(({ metadata, spec }) => {
    const host = `${metadata?.name}.${metadata?.namespace}.svc.cluster.local`;
    const port = spec?.ports?.find((p) => (p.protocol ?? "TCP") === "TCP")?.port;
    return !open.has(host) && spec?.selector && port ? [{ host, port, own: metadata?.namespace === "istio-system" }] : [];
  });
  // One of the gateway's own namespace has a sidecar-like proxy behind it, and would answer if it were let through.
  return closed.find((s) => s.own) ?? closed[0];
}
