import type { Edge } from "../../../verify/edge.ts";
import type { Answer, Evidence, PeerSide, ClientHelloResult, ShownCertificate } from "../../../verify/evidence.ts";

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
  chainProblem: undefined,
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
  chain: true,
  endpoints: [{ address: "10.30.0.5:8080", health: "HEALTHY", requests: 1, connections: 1 }],
  service: { name: "httpbin/httpbin", exists: true, ready: 1, total: 1 },
  policies: [],
};
