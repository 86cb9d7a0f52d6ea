import { setHeaderOptions, type V1Secret, type V1SecretList } from "@kubernetes/client-node";
import { autoPassthroughSni } from "../../federation/objects/names.ts";
import type { Edge, GatewayAddress } from "../edge.ts";
import type { Failure } from "../evidence.ts";
import { unexportedSni, type ClusterFindings, type GatewayTrials } from "../negativeChecks.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { requestWithoutCertificate, sayHello, sayPlaintext } from "./clientHello.ts";
import { shortly, type Cluster } from "../../kube/cluster.ts";
import { passthroughOf } from "./farSide.ts";

/**
 * Tries at a gateway what it must refuse, beside an exported name that it must let through. Nothing is changed by it.
 * @param hidden host of a service that exists behind the gateway and is not exported; where none is known, an invented one
 */
export async function tryGateway(
  edge: Edge,
  gateway: GatewayAddress,
  hidden?: { host: string; port: number },
): Promise<GatewayTrials> {
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  const [exported, notExported, foreign, plaintext, withoutCertificate] = await Promise.all([
    sayHello(gateway, sni),
    sayHello(
      gateway,
      hidden ? autoPassthroughSni(hidden.host, hidden.port) : unexportedSni(edge.exportedHost, edge.port.number),
    ),
    sayHello(gateway, sni, undefined, null),
    sayPlaintext(gateway),
    requestWithoutCertificate(gateway, sni),
  ]);
  return {
    mesh: gateway.mesh,
    address: socketAddress(gateway),
    seenFrom: edge.mesh,
    exported,
    notExported,
    foreign,
    plaintext,
    withoutCertificate,
  };
}

/** Answers with the metadata of objects alone. https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const metadataOnly = setHeaderOptions(
  "Accept",
  "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
);

/** Looks in a cluster for what must not be there. Of Secrets, only the metadata is read. */
export async function lookAtCluster(mesh: string, cluster: Cluster): Promise<ClusterFindings> {
  const [gateways, secrets] = await Promise.all([
    unlessForbidden(async () => {
      const all = await cluster.istio("networking", "gateways");
      return { read: all.length, passthrough: passthroughOf(all).map(({ object, hosts }) => ({ object, hosts })) };
    }),
    unlessForbidden(async () => {
      const [remote, any] = await Promise.all(
        [{ labelSelector: "istio/multiCluster=true" }, { limit: 5 }].map((which) =>
          cluster.inTime(cluster.core.listSecretForAllNamespaces(which, metadataOnly)),
        ),
      );
      // Without any, a list of metadata has null for its items.
      const itemsOf = (list: V1SecretList): V1Secret[] => list.items ?? [];
      return {
        read: itemsOf(any!).length,
        remote: itemsOf(remote!).map((s) => `Secret ${s.metadata?.namespace}/${s.metadata?.name}`),
      };
    }),
  ]);
  return { mesh, gateways, secrets };
}

/** What is found, or the API server's refusal to these credentials. Any other error is thrown. */
async function unlessForbidden<T>(look: () => Promise<T>): Promise<T | Failure> {
  try {
    return await look();
  } catch (error) {
    if (((error as Error).cause as { code?: number } | undefined)?.code !== 403) throw error;
    return { failure: shortly(error) };
  }
}

/** A service that exists beside an exported one and is not exported: a real door to find shut. */
export async function hiddenService(cluster: Cluster): Promise<{ host: string; port: number } | undefined> {
  const [gateways, services] = await Promise.all([
    cluster.istio("networking", "gateways"),
    cluster.inTime(cluster.core.listServiceForAllNamespaces()),
  ]);
  const open = new Set(passthroughOf(gateways).flatMap((g) => g.hosts));
  const closed = services.items.flatMap(({ metadata, spec }) => {
    const host = `${metadata?.name}.${metadata?.namespace}.svc.cluster.local`;
    const port = spec?.ports?.find((p) => (p.protocol ?? "TCP") === "TCP")?.port;
    return !open.has(host) && spec?.selector && port
      ? [{ host, port, own: metadata?.namespace === "istio-system" }]
      : [];
  });
  // One of the gateway's own namespace has a sidecar-like proxy behind it, and would answer if it were let through.
  return closed.find((s) => s.own) ?? closed[0];
}
