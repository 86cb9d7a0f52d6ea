import type { LiveService } from "../../../../federation/checks/liveCluster.ts";
import type { AdoptSettings } from "../../../../federation/adopt/classify.ts";
import type { HandMade, HandMadeObject, HandMadePod } from "../../../../federation/adopt/handMade.ts";
import type { ReadMesh } from "../../../../federation/adopt/initialStacks.ts";
import type { MeshFacts } from "../../../../federation/adopt/meshFacts.ts";

/** An object of Istio's networking API, or of the group that `more` has. */
export function object(
  kind: string,
  place: string,
  spec: Record<string, unknown>,
  more: Partial<HandMadeObject> = {},
): HandMadeObject {
  const [namespace, name] = place.split("/") as [string, string];
  const apiVersion = "networking.istio.io/v1";
  return { apiVersion, kind, namespace, name, labels: {}, annotations: {}, spec, ...more };
}

/** What a cluster has; default: nothing. */
export function cluster(objects: HandMadeObject[], more: Partial<HandMade> = {}): HandMade {
  return { objects, services: [], pods: [], unread: [], ...more };
}

export function service(place: string, more: Partial<LiveService> = {}): LiveService {
  const [namespace, name] = place.split("/") as [string, string];
  const ports = [{ name: "http", number: 8000, targetPort: 8080 }];
  return { namespace, name, ports, selector: { app: name }, ...more };
}

/** A pod of the Service with its name. */
export function pod(place: string, proxy: HandMadePod["proxy"] = "sidecar"): HandMadePod {
  const [namespace, app] = place.split("/") as [string, string];
  return { namespace, name: `${app}-0`, labels: { app }, account: app, proxy };
}

export const settings: AdoptSettings = { ports: [15443], network: "network-east", clusterDomain: "cluster.local" };

/** The page's import of httpbin, in namespace sleep. */
export const pageEntry = object("ServiceEntry", "sleep/import-httpbin", {
  hosts: ["httpbin.httpbin.svc.cluster.local"],
  location: "MESH_INTERNAL",
  resolution: "STATIC",
  ports: [{ number: 8000, name: "http", protocol: "HTTP" }],
  endpoints: [{ address: "172.19.128.1", ports: { http: 15443 } }],
  subjectAltNames: ["spiffe://cluster.local/ns/httpbin/sa/httpbin"],
});

export const pageRule = object("DestinationRule", "sleep/import-httpbin", {
  host: "httpbin.httpbin.svc.cluster.local",
  trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } },
});

/** A Gateway that passes calls of other meshes to the hosts. */
export function passthrough(hosts: string[], place = "istio-system/istio-eastwestgateway"): HandMadeObject {
  const port = { number: 15443, name: "tls", protocol: "TLS" };
  return object("Gateway", place, {
    selector: { istio: "eastwestgateway" },
    servers: [{ port, hosts, tls: { mode: "AUTO_PASSTHROUGH" } }],
  });
}

const fact = (value: string) => ({ value, from: "a test" });

export const facts: MeshFacts = {
  istioNamespace: fact("istio-system"),
  revision: undefined,
  version: fact("1.30.5"),
  trustDomain: fact("east.local"),
  meshId: fact("mesh1"),
  cluster: fact("Kubernetes"),
  network: fact("network-east"),
  clusterDomain: fact("cluster.local"),
  rootNamespace: undefined,
  meshConfig: undefined,
};

/** A mesh with one Service, `shop/cart`, and a gateway. */
export function readMesh(name: string, more: Partial<ReadMesh> = {}): ReadMesh {
  const labels = { istio: "eastwestgateway" };
  return {
    name,
    access: { kubeconfigPath: "/kubeconfig", context: name },
    facts,
    gateway: { namespace: "istio-system", labels, addresses: ["192.0.2.1"], port: 15443, from: "a test" },
    found: cluster([], { services: [service("shop/cart")], pods: [pod("shop/cart")] }),
    ...more,
  };
}
