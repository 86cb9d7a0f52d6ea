import { config, passingAnswer, sidecarError, shows } from "../fixtures.ts";
import { closed, unresolved, type FailingCase } from "./hopCase.ts";

/** Failures of the hops client, dns, listener, endpoint. */
export const clientSideCases: FailingCase[] = [
  {
    what: "no client pod",
    evidence: { client: { failure: "no ready pod" }, answer: undefined, clientHellos: [shows()] },
    hop: "client",
    says: /no ready pod/,
    remedy: /--probe-pod/,
  },
  {
    what: "a client outside the mesh",
    evidence: { client: { pod: "p", sidecar: false } },
    hop: "client",
    says: /no sidecar/,
    remedy: /istio-injection/,
  },
  {
    what: "a client without curl",
    evidence: { answer: { ...closed, call: "", problem: "there is no curl" } },
    hop: "client",
    says: /no curl/,
    remedy: /--probe-pod/,
  },
  {
    what: "a ServiceEntry that is not visible to the client",
    evidence: { answer: unresolved, endpoints: [], config: { listener: false, route: false, cluster: undefined } },
    hop: "dns",
    says: /does not know the host/,
    remedy: /import-west-httpbin.*visibleTo/,
  },
  {
    what: "a host without an address",
    evidence: { answer: unresolved, config },
    hop: "dns",
    says: /no virtual address/,
    remedy: /enable-autoallocate-ip/,
  },
  {
    what: "no cluster",
    evidence: { answer: sidecarError("x"), config: { ...config, cluster: undefined } },
    hop: "listener",
    says: /no cluster outbound\|8000\|\|httpbin/,
    remedy: /lacks port 8000/,
  },
  {
    what: "no listener",
    evidence: { answer: closed, config: { ...config, listener: false } },
    hop: "listener",
    says: /no listener for port 8000/,
    remedy: /up --refresh --stack east/,
  },
  {
    what: "a VirtualService that redirects the host",
    evidence: { answer: { ...passingAnswer, passed: false, status: 404 }, config: { ...config, route: false } },
    hop: "listener",
    says: /does not route/,
    remedy: /VirtualService/,
  },
  {
    what: "no DestinationRule",
    evidence: {
      answer: sidecarError("connection termination"),
      config: { ...config, cluster: { ...config.cluster, mtls: false } },
    },
    hop: "listener",
    says: /plaintext/,
    remedy: /DestinationRule sleep\/import-west-httpbin/,
  },
  {
    what: "plaintext without a DestinationRule of its own",
    edge: { hasRule: false },
    evidence: {
      answer: sidecarError("connection termination"),
      config: { ...config, cluster: { ...config.cluster, mtls: false } },
    },
    hop: "listener",
    says: /plaintext/,
    remedy:
      /of others that takes httpbin\..*PeerAuthentication .* namespace sleep; .*importRules: always in stack east/,
  },
  {
    what: "another SNI without a DestinationRule of its own",
    edge: { hasRule: false },
    evidence: {
      answer: sidecarError("connection termination"),
      config: { ...config, cluster: { ...config.cluster, sni: "other" } },
    },
    hop: "listener",
    says: /SNI other/,
    remedy: /remove sni from the one of others/,
  },
  {
    what: "another SNI",
    evidence: {
      answer: sidecarError("connection termination"),
      config: { ...config, cluster: { ...config.cluster, sni: "other" } },
    },
    hop: "listener",
    says: /SNI other/,
    remedy: /DestinationRule/,
  },
  {
    what: "no endpoint",
    evidence: { answer: sidecarError("no healthy upstream"), endpoints: [] },
    hop: "endpoint",
    says: /no endpoint/,
    remedy: /up --refresh --stack east/,
  },
  {
    what: "a gateway's name that the sidecar cannot resolve",
    edge: { gateways: [{ mesh: "west", address: "gateway.west.example", port: 15443 }] },
    evidence: { answer: sidecarError("no healthy upstream"), endpoints: [], published: undefined },
    hop: "endpoint",
    says: /did not resolve gateway\.west\.example/,
    remedy: /name resolve in mesh "east"/,
  },
  {
    what: "a stale address",
    evidence: { published: [{ mesh: "west", address: "192.0.2.9", port: 15443 }] },
    hop: "endpoint",
    says: /uses 192\.0\.2\.1:15443.*west now publishes 192\.0\.2\.9:15443/,
    remedy: /present address/,
  },
  {
    what: "a stale address that only the import shows",
    evidence: {
      published: undefined,
      endpoints: [{ address: "192.0.2.7:15443", health: "HEALTHY", requests: 0, connections: 0 }],
    },
    hop: "endpoint",
    says: /import was created for 192\.0\.2\.1/,
    remedy: /up --refresh/,
  },
  {
    what: "an ejected endpoint",
    evidence: {
      answer: sidecarError("no healthy upstream"),
      endpoints: [{ address: "192.0.2.1:15443", health: "failed_outlier_check", requests: 0, connections: 0 }],
    },
    hop: "endpoint",
    says: /failed_outlier_check/,
    remedy: /ejected/,
  },
];
