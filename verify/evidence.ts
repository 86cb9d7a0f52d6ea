import type { GatewayAddress } from "./edge.ts";

/** What could not be found out, and why. */
export interface Failure {
  failure: string;
}

export function failed<T>(value: T | Failure): value is Failure {
  return typeof value === "object" && value !== null && "failure" in value;
}

/** What came back from one call by the client. */
export interface Answer {
  /** What was called, for people: `GET http://host:8000/headers`. */
  call: string;
  /** Whether it is what the probe expects. */
  good: boolean;
  /** Address the name resolved to, or none. */
  address: string | undefined;
  /** The name did not resolve. */
  unresolved: boolean;
  /** HTTP status, if there was one. */
  status: number | undefined;
  /** gRPC status and health, for gRPC probes. */
  grpc?: { status: number | undefined; serving: boolean };
  /** Response headers, names in lower case. */
  headers: Record<string, string>;
  /** Start of the body. */
  body: string;
  /** Request headers as the server got them, where it echoes them. */
  echoed: Record<string, string>;
  /** The client program's own complaint. */
  problem: string;
  milliseconds: number;
}

/** An endpoint of the imported host in a proxy. */
export interface Endpoint {
  /** `address:port`. */
  address: string;
  /** `HEALTHY`, or Envoy's health flags. */
  health: string;
  /** Requests it got, and connections that were made to it, so far. */
  requests: number;
  connections: number;
  /** Connections that failed so far, TLS handshakes among them. */
  failures?: number;
}

/** What the client's sidecar is configured with for the host and port. */
export interface SidecarConfig {
  /** Whether a listener takes connections to the port, and whether a route leads from there to the cluster. */
  listener: boolean;
  route: boolean;
  cluster: ClusterConfig | undefined;
}

/** A cluster as Envoy has it. */
export interface ClusterConfig {
  /** Whether it uses the mesh's mTLS. */
  mtls: boolean;
  sni: string | undefined;
  /** Identities that it accepts; empty: any. */
  subjectAltNames: string[];
}

/** A certificate that was shown. */
export interface ShownCertificate {
  /** URI subject alternative names. */
  subjectAltNames: string[];
  issuer: string;
  /** The issuer's locality (L), which names the mesh where the trust stack made the intermediate. */
  issuerLocality: string | undefined;
  /** SHA-256 of the issuing certificate (DER, hexadecimal), where the chain held it. */
  issuerFingerprint: string | undefined;
  notBefore: number;
  notAfter: number;
  /** What OpenSSL says about its chain with the client's roots; undefined: it is good. */
  chainProblem: string | undefined;
}

/** What a TLS ClientHello to a gateway met. */
export type Hello = GatewayAddress & {
  sni: string;
} & (
    | { outcome: "unreachable"; detail: string }
    | { outcome: "reset"; detail: string }
    | { outcome: "certificate"; certificate: ShownCertificate }
  );

/** What the exporting mesh's own cluster says. */
export interface FarSide {
  mesh: string;
  /** Hosts that its Gateway objects pass through, with the objects' names. */
  passthrough: { object: string; hosts: string[] }[];
  gatewayPods: { ready: number; total: number };
  /** The gateway's filter chain for the SNI. Undefined: no gateway could be asked. */
  chain: boolean | undefined;
  /** Endpoints behind that chain. */
  endpoints: Endpoint[];
  /** Service and pods behind it. */
  service: { name: string; exists: boolean; ready: number; total: number };
  /** Names of policies in force on the serving workload that can refuse: `DENY httpbin/refuse`. */
  policies: string[];
}

/** Everything found out about an edge. What was not looked at is undefined. */
export interface Evidence {
  now: number;
  client: { pod: string; sidecar: boolean } | Failure;
  answer?: Answer;
  /** Endpoints in the client's sidecar, and how they stood before the call. */
  endpoints?: Endpoint[] | Failure;
  before?: Endpoint[];
  config?: SidecarConfig | Failure;
  hellos: Hello[];
  /** What a ClientHello for each subset met, by the subset's name. */
  subsets?: Record<string, Hello[]>;
  /** Whether the client itself gets a connection to gateways (`address:port`) that this machine cannot reach. */
  fromClient?: Record<string, boolean>;
  /** Whether the client's sidecar closes connections to what the mesh does not know (REGISTRY_ONLY): `fromClient` then tells nothing. */
  blocksUnknown?: boolean;
  /** Gateways that the peers publish now, where their contract is readable. */
  published?: GatewayAddress[];
  /** SHA-256 of the intermediates that issued the certificates of the peers' own gateways, by mesh, where they can be asked. */
  issuers: Record<string, string>;
  /** The peers' clusters, where there are credentials for them. */
  far: (FarSide | (Failure & { mesh: string }))[];
}
