import type { CertificateFacts } from "./certificate.ts";

/** Why something could not be read. */
export interface Unread {
  failure: string;
}

export function isUnread<T extends object>(reading: T): reading is Extract<T, Unread> {
  return "failure" in reading;
}

/** What Istio's proxy in a pod holds. */
export interface ProxyTrust {
  /** Its trust bundle (`ROOTCA`), in order. */
  bundle: CertificateFacts[];
  /** Its own certificate, followed by CAs. */
  chain: CertificateFacts[];
}

/** Istio's proxy in a pod, a sidecar or a gateway. */
export type ProxyReading = {
  /** `namespace/name`. */
  pod: string;
  /** Whether istiod sends it each change of the bundle: environment variable PROXY_CONFIG_XDS_AGENT of the pod. */
  takesBundle: boolean;
} & (ProxyTrust | Unread);

/** What the proxies of a mesh and its istiod hold at one time. */
export interface TrustEvidence {
  mesh: string;
  /** Milliseconds since 1970. */
  now: number;
  /** The proxies that run, all of them unless `proxiesLeftOut` is not 0. */
  proxies: ProxyReading[];
  proxiesLeftOut: number;
  /** Roots that istiod holds: ConfigMap `istio-ca-root-cert` in Istio's namespace. */
  istiodRoots: CertificateFacts[] | Unread;
  /** Whether all running istiod pods have ISTIO_MULTIROOT_MESH; undefined: none was found. */
  multiRoot: boolean | undefined;
  /** Certificates that the mesh config adds to the bundle (`caCertificates[].pem`). */
  configured: CertificateFacts[] | Unread;
}

/** A mesh's contract, as far as it is about trust, with its certificates read. */
export interface TrustContract {
  mesh: string;
  trustDomain: string;
  /** Empty where the contract does not say. */
  roots: { use: "active" | "next" | "retiring"; certificate: CertificateFacts }[];
  ca: CertificateFacts | undefined;
  /** SHA-256 of the roots by which it accepts peers, by mesh. */
  trusts: Readonly<Record<string, readonly string[]>>;
  /** Meshes that it imports from, or exports to. */
  partners: ReadonlySet<string>;
  /** Peers that it has in quarantine: whatever becomes of these, it does not wait for them. */
  quarantined: ReadonlySet<string>;
  /** Peers that it does not trust yet, and why. */
  pending: readonly { mesh: string; reason: string }[];
}

/** What a workload behind a gateway shows in a TLS handshake. */
export interface Handshake {
  mesh: string;
  /** `address:port` of the gateway, and the SNI: for people. */
  at: string;
  chain: CertificateFacts[];
  /** Names in DER (hexadecimal) of the CAs whose clients it accepts; undefined where it asks for no certificate. */
  authorities: string[] | undefined;
}

/** What was observed for the gate of a mesh. */
export interface GateEvidence {
  /** The mesh whose root is rotated. */
  mesh: string;
  /** What was read in clusters, by mesh: of meshes for which there are credentials. */
  clusters: ReadonlyMap<string, TrustEvidence | Unread>;
  /** Handshakes with workloads of other meshes. */
  handshakes: readonly Handshake[];
}

/** Contracts of the meshes that can be read, by mesh. */
export type TrustContracts = ReadonlyMap<string, TrustContract>;
