import type { KubeClient } from "../../../kube/kubeClient.ts";
import type { IstioObject, Pod, Service } from "../../../kube/objects.ts";
import type { Edge } from "../../../verify/edge.ts";
import type { Answer, Evidence, PeerSide, ClientHelloResult, ShownCertificate } from "../../../verify/evidence.ts";
import type { VerificationReport } from "../../../verify/report/report.ts";

export const httpbin = "spiffe://cluster.local/ns/httpbin/sa/httpbin";
export const now = Date.parse("2026-06-01T00:00:00Z");
const day = 86_400_000;

export const edge: Edge = {
  mesh: "east",
  stack: "east",
  trustDomain: "cluster.local",
  name: "httpbin",
  meshes: ["west"],
  object: { name: "import-west-httpbin", namespace: "sleep" },
  host: "httpbin.httpbin.svc.cluster.local",
  exportedHost: "httpbin.httpbin.svc.cluster.local",
  port: { name: "http", number: 8000, protocol: "HTTP" },
  probe: { kind: "http", method: "GET", path: "/headers", expect: [200] },
  declared: true,
  client: { namespace: "sleep", serviceAccount: "sleep", app: "sleep" },
  subjectAltNames: [httpbin],
  gateways: [{ mesh: "west", address: "192.0.2.1", port: 15443 }],
  blended: false,
  hasRule: true,
  subsets: [],
};

export const passingAnswer: Answer = {
  call: "GET http://httpbin.httpbin.svc.cluster.local:8000/headers",
  passed: true,
  address: "240.240.0.1",
  unresolved: false,
  status: 200,
  headers: { "x-envoy-upstream-service-time": "3" },
  body: "{}",
  echoed: {
    "X-Forwarded-Client-Cert": `By=${httpbin};Hash=00;Subject="";URI=spiffe://cluster.local/ns/sleep/sa/sleep`,
  },
  problem: "",
  milliseconds: 12,
};

/** An answer of the client's own sidecar: nothing came from upstream. */
export const sidecarError = (reason: string): Answer => ({
  ...passingAnswer,
  passed: false,
  status: 503,
  headers: {},
  echoed: {},
  body: `upstream connect error or disconnect/reset before headers. reset reason: ${reason}`,
});

/** The same for a gRPC call. */
export const grpcSidecarError = (reason: string): Answer => ({
  ...sidecarError(""),
  status: 200,
  grpc: { status: 14, serving: false },
  headers: {
    "grpc-status": "14",
    "grpc-message": `upstream connect error or disconnect/reset before headers. reset reason: ${reason}`,
  },
  body: "",
});

export const certificate: ShownCertificate = {
  subjectAltNames: [httpbin],
  issuer: "L=west, O=mesh-federation, CN=Intermediate CA",
  issuerLocality: "west",
  issuerFingerprint: "aa",
  notBefore: now - day,
  notAfter: now + day,
  chain: [],
};

const at = {
  mesh: "west",
  address: "192.0.2.1",
  port: 15443,
  sni: "outbound_.8000_._.httpbin.httpbin.svc.cluster.local",
};
export const shows = (more: Partial<ShownCertificate> = {}): ClientHelloResult => ({
  ...at,
  outcome: "certificate",
  certificate: { ...certificate, ...more },
});
export const reset: ClientHelloResult = { ...at, outcome: "reset", detail: "ECONNRESET" };
export const unreachable: ClientHelloResult = { ...at, outcome: "unreachable", detail: "ECONNREFUSED" };

export const passingEvidence: Evidence = {
  now,
  client: { pod: "sleep-1", sidecar: true },
  answer: passingAnswer,
  before: [{ address: "192.0.2.1:15443", health: "HEALTHY", requests: 4, connections: 1 }],
  endpoints: [{ address: "192.0.2.1:15443", health: "HEALTHY", requests: 5, connections: 1 }],
  clientHellos: [shows()],
  published: [{ mesh: "west", address: "192.0.2.1", port: 15443 }],
  issuers: {},
  peerSides: [],
};

export const config = { listener: true, route: true, cluster: { mtls: true, sni: at.sni, subjectAltNames: [httpbin] } };

export const peerSide: PeerSide = {
  mesh: "west",
  passthrough: [{ object: "istio-system/export-httpbin", hosts: [edge.exportedHost] }],
  gatewayPods: { ready: 1, total: 1 },
  rejected: [],
  overlapping: [],
  chain: true,
  endpoints: [{ address: "10.30.0.5:8080", health: "HEALTHY", requests: 1, connections: 1 }],
  service: { name: "httpbin/httpbin", exists: true, ready: 1, total: 1 },
  policies: [],
};

/** A Gateway object of an export. */
export const exportOf = (host: string): IstioObject => ({
  metadata: {
    namespace: "istio-system",
    name: "export-x",
    labels: { "app.kubernetes.io/managed-by": "mesh-federation" },
  },
  spec: {
    selector: { istio: "eastwestgateway" },
    servers: [{ port: { number: 15443 }, hosts: [host], tls: { mode: "AUTO_PASSTHROUGH" } }],
  },
});

/** The Gateway object of Istio's multi-cluster instructions. */
export const crossNetwork: IstioObject = {
  metadata: { namespace: "istio-system", name: "cross-network-gateway" },
  spec: {
    selector: { istio: "eastwestgateway" },
    servers: [{ port: { number: 15443 }, hosts: ["*.local"], tls: { mode: "AUTO_PASSTHROUGH" } }],
  },
};

/** A pod of a gateway's Deployment `eastwest`. */
export const gatewayPod = (name: string, { ready = true, phase = "Running", ending = false } = {}): Pod => ({
  metadata: {
    namespace: "istio-system",
    name,
    labels: { istio: "eastwestgateway", "pod-template-hash": "7c9" },
    creationTimestamp: "2026-06-01T00:00:00Z",
    ownerReferences: [{ kind: "ReplicaSet", name: "eastwest-7c9" }],
    ...(ending ? { deletionTimestamp: "2026-06-01T00:00:00Z" } : {}),
  },
  status: { phase, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
});

/** A dump of listeners of which one is rejected. */
export const rejectedDump = (active: boolean): object => ({
  configs: [
    {
      name: "0.0.0.0_15443",
      ...(active ? { active_state: { listener: {} } } : {}),
      error_state: { details: "multiple filter chains \u001b" },
    },
  ],
});

/** A cluster with these objects; its proxies answer with these dumps of listeners, by pod. */
export function clusterOf(given: {
  gateways: IstioObject[];
  pods: Pod[];
  services?: Service[];
  dumps: Record<string, object>;
}): KubeClient {
  const cluster: Pick<KubeClient, "istio" | "pods" | "services" | "service" | "secretMetadata" | "configMap" | "exec"> =
    {
      istio: async (_, plural) => (plural === "gateways" ? given.gateways : []),
      pods: async () => given.pods,
      configMap: async () => undefined,
      services: async () => given.services ?? [],
      service: async (namespace, name) =>
        given.services?.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
      secretMetadata: async () => [],
      exec: async ({ pod }, command) => {
        const isDump = command.at(-1)!.startsWith("config_dump");
        return { stdout: isDump ? JSON.stringify(given.dumps[pod] ?? {}) : "", stderr: "", code: 0 };
      },
    };
  return cluster as KubeClient;
}

/** A report in which nothing was found, but for what is given. */
export const report = (more: Partial<VerificationReport>): VerificationReport => ({
  edges: [],
  negativeChecks: [],
  unreachable: [],
  notCalled: [],
  pending: [],
  seconds: 1,
  ...more,
});
