import type { CertificateFacts } from "../federation/trust/certificate.ts";
import type { ProxyTrust, TrustContract, Unread } from "../federation/trust/trustEvidence.ts";
import type { EnvoyEndpoint, HostConfig, RejectedListener } from "../kube/envoy.ts";
import type { GatewayAddress } from "./edge.ts";

/** Why something could not be observed. */
export interface Failure {
  failure: string;
}

export function failed<T>(value: T | Failure): value is Failure {
  return typeof value === "object" && value !== null && "failure" in value;
}

/** The answer to one call by the client. */
export interface Answer {
  /** The call, for people: `GET http://host:8000/headers`. Empty: the client has no program to call with. */
  call: string;
  /** Whether it is what the probe expects. */
  passed: boolean;
  /** Address to which the host resolved. */
  address: string | undefined;
  /** Whether the host did not resolve. */
  unresolved: boolean;
  /** HTTP status, if there was one. */
  status: number | undefined;
  /** gRPC status and health, for gRPC probes. */
  grpc?: { status: number | undefined; serving: boolean };
  /** Response headers, names in lower case. */
  headers: Record<string, string>;
  /** Start of the body. */
  body: string;
  /** Request headers as the server received them, where it echoes them. */
  echoed: Record<string, string>;
  /** The error of the client program. */
  problem: string;
  milliseconds: number;
}

/** A certificate that a workload presented. */
export interface ShownCertificate {
  /** URI subject alternative names. */
  subjectAltNames: string[];
  issuer: string;
  /** The issuer's locality (L). The trust stack sets it to the mesh of the intermediate. */
  issuerLocality: string | undefined;
  /** SHA-256 of the issuing certificate (DER, hexadecimal), where the chain has it. */
  issuerFingerprint: string | undefined;
  /** Milliseconds since 1970. */
  notBefore: number;
  notAfter: number;
  /** The certificate and the CAs that were sent with it; empty where they cannot be read. */
  chain: CertificateFacts[];
}

/** The result of a TLS ClientHello to a gateway. */
export type ClientHelloResult = GatewayAddress & {
  sni: string;
  /** The pod that sent it where this machine gets no connection, `namespace/name`, and why it gets none. */
  via?: { pod: string; here: string };
} & (
    | { outcome: "unreachable"; detail: string }
    | { outcome: "reset"; detail: string }
    | { outcome: "certificate"; certificate: ShownCertificate }
  );

/** State of the exporting mesh, read in its own cluster. */
export interface PeerSide {
  mesh: string;
  /** Hosts that its Gateway objects pass through, with the objects' names. */
  passthrough: { object: string; hosts: string[] }[];
  gatewayPods: { ready: number; total: number };
  /** Listeners that its gateway's pods reject. */
  rejected: RejectedListener[];
  /** Gateway objects whose hosts overlap on its gateway's port, with these hosts. */
  overlapping: string[];
  /** Whether the gateway has a filter chain for the SNI. Undefined: no gateway pod could be read. */
  chain: boolean | undefined;
  /** Endpoints behind that chain. */
  endpoints: EnvoyEndpoint[];
  /** Service and pods behind it. */
  service: { name: string; exists: boolean; ready: number; total: number };
  /** Bundle of a serving workload; undefined where it could not be read. */
  bundle?: CertificateFacts[];
  /** Names of policies in force on the serving workload that can deny: `DENY httpbin/refuse`. */
  policies: string[];
}

/** What was observed about whom both sides of an edge trust. */
export interface EdgeTrust {
  /** Bundle and chain of the client's sidecar. */
  client?: ProxyTrust;
  /** Contracts by mesh. */
  contracts: ReadonlyMap<string, TrustContract>;
  /** Roots that istiod holds, by mesh; only where the call failed. */
  istiodRoots: Readonly<Record<string, CertificateFacts[] | Unread>>;
  /** What servers accept: the bundle of a serving workload, or the names in its handshake (DER, hexadecimal). */
  servers: { mesh: string; bundle?: CertificateFacts[]; authorities?: string[] }[];
}

/** Everything observed about an edge. What was not observed is undefined. */
export interface Evidence {
  /** Milliseconds since 1970. */
  now: number;
  client: { pod: string; sidecar: boolean } | Failure;
  answer?: Answer;
  /** Endpoints in the client's sidecar after the call, and before it. */
  endpoints?: EnvoyEndpoint[] | Failure;
  before?: EnvoyEndpoint[];
  config?: HostConfig | Failure;
  clientHellos: ClientHelloResult[];
  /** Results of the ClientHellos for each subset, by its name. */
  subsets?: Record<string, ClientHelloResult[]>;
  /** Whether the client itself gets a connection to gateways (`address:port`) that this machine cannot reach. */
  fromClient?: Record<string, boolean>;
  /**
   * Whether the client's sidecar closes connections to unknown hosts (REGISTRY_ONLY): `fromClient` then proves nothing.
   */
  blocksUnknownHosts?: boolean;
  /** Gateways that the peers publish now, where their contract is readable. */
  published?: GatewayAddress[];
  /** SHA-256 of the intermediates that issued the certificates of the peers' own gateways, by mesh, where readable. */
  issuers: Record<string, string>;
  trust?: EdgeTrust;
  /** The peers' clusters, where there are credentials for them. */
  peerSides: (PeerSide | (Failure & { mesh: string }))[];
}
