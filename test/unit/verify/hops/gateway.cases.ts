import { config, peerSide, now, sidecarError, grpcSidecarError, reset, shows } from "../fixtures.ts";
import { counted, closed, day, type FailingCase } from "./hopCase.ts";

/** Failures of the hops sni, tls. */
export const gatewayCases: FailingCase[] = [
  {
    what: "a name that is not exported, seen from the exporter",
    evidence: {
      answer: sidecarError("remote connection failure"),
      config,
      clientHellos: [reset],
      peerSides: [{ ...peerSide, chain: false, passthrough: [] }],
    },
    hop: "sni",
    says: /no Gateway names the host/,
    remedy: /up --refresh --stack west/,
    inferred: false,
  },
  {
    what: "a name that is not exported, seen from the importer",
    evidence: { answer: sidecarError("remote connection failure"), config, clientHellos: [reset] },
    hop: "sni",
    says: /not exported there, or has no ready pod/,
    remedy: /both sides' credentials/,
    inferred: true,
  },
  {
    what: "a name of a configuration that the gateway rejects",
    evidence: {
      answer: sidecarError("x"),
      config,
      clientHellos: [reset],
      peerSides: [
        {
          ...peerSide,
          chain: false,
          rejected: [{ name: "0.0.0.0_15443", details: "multiple filter chains", active: true }],
          overlapping: ["Gateway istio-system/cross-network-gateway (*.local)"],
        },
      ],
    },
    hop: "sni",
    says: /rejects .*0\.0\.0\.0_15443 .*multiple filter chains/,
    remedy: /cross-network-gateway \(\*\.local\).*gateway of their own/,
    inferred: false,
  },
  {
    what: "a host of a Gateway without a Service",
    evidence: {
      answer: sidecarError("x"),
      clientHellos: [reset],
      peerSides: [{ ...peerSide, chain: false, service: { ...peerSide.service, exists: false } }],
    },
    hop: "sni",
    says: /no Service/,
    remedy: /up --refresh/,
  },
  {
    what: "TLS that fails, which Envoy counts as a failed connection",
    edge: { probe: { kind: "tcp" } },
    evidence: { answer: closed, endpoints: counted({ failures: 1 }), clientHellos: [shows({ notAfter: now - day })] },
    hop: "tls",
    says: /expired/,
    remedy: /does not renew/,
  },
  {
    what: "a wrong SAN",
    evidence: {
      answer: sidecarError("TLS_error"),
      clientHellos: [shows({ subjectAltNames: ["spiffe://cluster.local/ns/x/sa/y"] })],
    },
    hop: "tls",
    says: /ns\/x\/sa\/y answers, and east accepts only/,
    remedy: /serviceAccounts/,
  },
  {
    what: "a SAN that is wrong only in the sidecar's configuration",
    evidence: {
      answer: sidecarError("TLS_error"),
      config: { ...config, cluster: { ...config.cluster, subjectAltNames: ["spiffe://other"] } },
    },
    hop: "tls",
    says: /accepts only spiffe:\/\/other/,
    remedy: /up --refresh --stack east/,
  },
  {
    what: "an expired certificate",
    evidence: { answer: sidecarError("TLS_error"), clientHellos: [shows({ notAfter: now - day })] },
    hop: "tls",
    says: /expired on 2026-05-31/,
    remedy: /does not renew/,
  },
  {
    what: "a certificate that is not yet valid",
    evidence: { answer: sidecarError("TLS_error"), clientHellos: [shows({ notBefore: now + day })] },
    hop: "tls",
    says: /valid only from 2026-06-02/,
    remedy: /clocks/,
  },
  {
    what: "a server that rejects the client's certificate",
    evidence: { answer: sidecarError("TLS_error:|SSL routines:SSLV3_ALERT_CERTIFICATE_UNKNOWN:TLS_error_end") },
    hop: "tls",
    says: /rejects the client's certificate/,
    remedy: /share a root/,
  },
  {
    what: "a server certificate that the sidecar of a gRPC call rejects",
    edge: { probe: { kind: "grpc" } },
    evidence: {
      answer: grpcSidecarError(
        "remote connection failure, transport failure reason: " +
          "TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:100%25",
      ),
    },
    hop: "tls",
    says: /rejects the server's certificate: .*100%$/,
    remedy: /serviceAccounts/,
  },
];
