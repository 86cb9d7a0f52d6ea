import { walkHops, firstBroken } from "../../../verify/hops/index.ts";
import type { Edge } from "../../../verify/edge.ts";
import type { Endpoint, Evidence, Hello } from "../../../verify/evidence.ts";
import { judgeTarget } from "../../../verify/hops/target.ts";
import { judgeTcp } from "../../../verify/hops/tcp.ts";
import type { HopName } from "../../../verify/hops/verdict.ts";
import {
  config,
  edge,
  farSide,
  goodAnswer,
  goodEvidence,
  now,
  ownError,
  ownGrpcError,
  reset,
  shows,
  unreachable,
} from "./fixtures.ts";

const connectOnly: Edge = { ...edge, probe: { kind: "tcp" }, declared: false };
/** The gateway's endpoint after the call, with counters that differ so from before it. */
const counted = (more: Partial<Endpoint>): Endpoint[] => [
  { address: "192.0.2.1:15443", health: "HEALTHY", requests: 4, connections: 1, ...more },
];
const tcpPort: Partial<Edge> = {
  probe: { kind: "tcp" },
  port: { name: "tcp", number: 9000, protocol: "TCP" },
  gateways: [{ mesh: "west", address: "gw.example", port: 15443 }],
};
const unresolvable: Hello = {
  mesh: "west",
  address: "gw.example",
  port: 15443,
  sni: "x",
  outcome: "unreachable",
  detail: "ENOTFOUND",
};
const closed = { ...goodAnswer, good: false, status: undefined, headers: {}, echoed: {}, problem: "closed" };
const unresolved = {
  ...goodAnswer,
  good: false,
  address: undefined,
  unresolved: true,
  status: undefined,
  echoed: {},
  problem: "(6) Could not resolve host",
};
const refused = { ...goodAnswer, good: false, status: 403, headers: {}, echoed: {}, body: "RBAC: access denied" };
const head: Partial<Edge> = { probe: { kind: "http", method: "HEAD", path: "/" } };
const denying = { ...farSide, policies: ["DENY httpbin/refuse"] };
const day = 86_400_000;

interface Case {
  what: string;
  evidence: Partial<Evidence>;
  hop: HopName;
  says: RegExp;
  remedy: RegExp;
  edge?: Partial<Edge>;
  inferred?: boolean;
}

const broken: Case[] = [
  {
    what: "no client pod",
    evidence: { client: { failure: "no ready pod" }, answer: undefined, hellos: [shows()] },
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
    what: "an entry that the client may not see",
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
    evidence: { answer: ownError("x"), config: { ...config, cluster: undefined } },
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
    what: "a VirtualService that leads elsewhere",
    evidence: { answer: { ...goodAnswer, good: false, status: 404 }, config: { ...config, route: false } },
    hop: "listener",
    says: /routes .* elsewhere/,
    remedy: /VirtualService/,
  },
  {
    what: "no DestinationRule",
    evidence: {
      answer: ownError("connection termination"),
      config: { ...config, cluster: { ...config.cluster, mtls: false } },
    },
    hop: "listener",
    says: /plaintext/,
    remedy: /DestinationRule sleep\/import-west-httpbin/,
  },
  {
    what: "another SNI",
    evidence: {
      answer: ownError("connection termination"),
      config: { ...config, cluster: { ...config.cluster, sni: "other" } },
    },
    hop: "listener",
    says: /SNI other/,
    remedy: /DestinationRule/,
  },
  {
    what: "no endpoint",
    evidence: { answer: ownError("no healthy upstream"), endpoints: [] },
    hop: "endpoint",
    says: /no endpoint/,
    remedy: /up --refresh --stack east/,
  },
  {
    what: "a gateway's name that the sidecar cannot resolve",
    edge: { gateways: [{ mesh: "west", address: "gateway.west.example", port: 15443 }] },
    evidence: { answer: ownError("no healthy upstream"), endpoints: [], published: undefined },
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
    what: "a stale address that only the import tells",
    evidence: {
      published: undefined,
      endpoints: [{ address: "192.0.2.7:15443", health: "HEALTHY", requests: 0, connections: 0 }],
    },
    hop: "endpoint",
    says: /import was made for 192\.0\.2\.1/,
    remedy: /up --refresh/,
  },
  {
    what: "an ejected endpoint",
    evidence: {
      answer: ownError("no healthy upstream"),
      endpoints: [{ address: "192.0.2.1:15443", health: "failed_outlier_check", requests: 0, connections: 0 }],
    },
    hop: "endpoint",
    says: /failed_outlier_check/,
    remedy: /ejected/,
  },
  {
    what: "a gateway that refuses connections",
    evidence: { answer: ownError("delayed connect error: Connection refused"), hellos: [unreachable] },
    hop: "tcp",
    says: /connection refused/,
    remedy: /Service/,
  },
  {
    what: "a gateway that only calls on old connections still reach",
    evidence: { hellos: [unreachable], fromClient: { "192.0.2.1:15443": false } },
    hop: "tcp",
    says: /opened earlier/,
    remedy: /Service/,
  },
  {
    what: "a gateway that refuses here, and of which the client's sidecar knows no better yet",
    evidence: {
      answer: ownError("remote connection failure"),
      hellos: [unreachable],
      fromClient: { "192.0.2.1:15443": true },
    },
    hop: "tcp",
    says: /ECONNREFUSED/,
    remedy: /Service/,
  },
  {
    what: "a gateway that lets connections hang",
    evidence: {
      answer: { ...closed, problem: "(28) Operation timed out" },
      hellos: [unreachable],
      fromClient: { "192.0.2.1:15443": true },
    },
    hop: "tcp",
    says: /no connection to/,
    remedy: /firewalls/,
  },
  {
    what: "a gateway that only an old connection still reaches, whatever the application answers on it",
    evidence: {
      answer: { ...goodAnswer, good: false, status: 500 },
      hellos: [unreachable],
      fromClient: { "192.0.2.1:15443": false },
    },
    hop: "tcp",
    says: /opened earlier/,
    remedy: /Service/,
  },
  {
    what: "a firewall that keeps the client out alone",
    evidence: { answer: ownError("connection timeout") },
    hop: "tcp",
    says: /client's sidecar gets no connection to 192\.0\.2\.1:15443 \("connection timeout"\), although this machine gets one/,
    remedy: /firewalls between the nodes of east.*NetworkPolicies on namespace sleep/,
  },
  {
    what: "a firewall that keeps the client out alone, by an older Envoy's number",
    evidence: { answer: ownError("remote connection failure, transport failure reason: delayed connect error: 111") },
    hop: "tcp",
    says: /connect error: 111/,
    remedy: /firewalls/,
  },
  {
    what: "a firewall that lets the client's connections hang for longer than the call",
    evidence: { answer: { ...closed, problem: "(28) Operation timed out" }, endpoints: counted({}) },
    hop: "tcp",
    says: /no connection .* was ready in time, although/,
    remedy: /firewalls/,
  },
  {
    what: "a firewall that refuses the client's TCP",
    edge: { probe: { kind: "tcp" } },
    evidence: { answer: closed, endpoints: counted({ failures: 1 }) },
    hop: "tcp",
    says: /connections of the client's sidecar to 192\.0\.2\.1:15443 fail/,
    remedy: /firewalls/,
  },
  {
    what: "a firewall that keeps a blended call from the gateway",
    edge: { blended: true },
    evidence: { answer: ownError("connection timeout"), endpoints: counted({ failures: 1 }) },
    hop: "tcp",
    says: /no connection to 192\.0\.2\.1/,
    remedy: /firewalls/,
  },
  {
    what: "a gateway that the client's sidecar gets no connection to, nor this machine",
    evidence: {
      answer: ownError("connection timeout"),
      hellos: [{ ...unreachable, detail: "no connection within 3 s" } as Hello],
      fromClient: { "192.0.2.1:15443": true },
    },
    hop: "tcp",
    says: /connection timeout/,
    remedy: /firewalls/,
  },
  {
    what: "TLS that fails, which Envoy counts as a failed connection",
    edge: { probe: { kind: "tcp" } },
    evidence: { answer: closed, endpoints: counted({ failures: 1 }), hellos: [shows({ notAfter: now - day })] },
    hop: "tls",
    says: /expired/,
    remedy: /renews/,
  },
  {
    what: "an application that lets a call hang",
    evidence: { answer: { ...closed, problem: "(28) Operation timed out" }, endpoints: counted({ requests: 5 }) },
    hop: "target",
    says: /without an answer/,
    remedy: /application/,
  },
  {
    what: "a blended call whose local server refuses",
    edge: { blended: true },
    evidence: {
      answer: ownError("delayed connect error: Connection refused"),
      endpoints: [
        ...counted({}),
        { address: "10.10.0.4:8080", health: "HEALTHY", requests: 1, connections: 0, failures: 2 },
      ],
    },
    hop: "target",
    says: /Connection refused/,
    remedy: /application/,
  },
  {
    what: "a gateway without pods",
    evidence: {
      answer: ownError("connection timeout"),
      hellos: [unreachable],
      far: [{ ...farSide, gatewayPods: { ready: 0, total: 1 }, chain: undefined }],
    },
    hop: "tcp",
    says: /connection timeout/,
    remedy: /no ready gateway pod/,
  },
  {
    what: "a gateway out of reach, connect only",
    edge: connectOnly,
    evidence: { answer: closed, config, hellos: [unreachable] },
    hop: "tcp",
    says: /ECONNREFUSED/,
    remedy: /firewalls/,
  },
  {
    what: "a name that is not exported, seen from there",
    evidence: {
      answer: ownError("remote connection failure"),
      config,
      hellos: [reset],
      far: [{ ...farSide, chain: false, passthrough: [] }],
    },
    hop: "sni",
    says: /no Gateway names the host/,
    remedy: /up --refresh --stack west/,
    inferred: false,
  },
  {
    what: "a name that is not exported, seen from here",
    evidence: { answer: ownError("remote connection failure"), config, hellos: [reset] },
    hop: "sni",
    says: /not exported there, or nothing ready/,
    remedy: /both sides' credentials/,
    inferred: true,
  },
  {
    what: "a host named by the Gateway without a Service",
    evidence: {
      answer: ownError("x"),
      hellos: [reset],
      far: [{ ...farSide, chain: false, service: { ...farSide.service, exists: false } }],
    },
    hop: "sni",
    says: /no Service/,
    remedy: /up --refresh/,
  },
  {
    what: "a wrong SAN",
    evidence: {
      answer: ownError("TLS_error"),
      hellos: [shows({ subjectAltNames: ["spiffe://cluster.local/ns/x/sa/y"] })],
    },
    hop: "tls",
    says: /ns\/x\/sa\/y answers, and east accepts only/,
    remedy: /serviceAccounts/,
  },
  {
    what: "a SAN that only the sidecar's configuration has wrong",
    evidence: {
      answer: ownError("TLS_error"),
      config: { ...config, cluster: { ...config.cluster, subjectAltNames: ["spiffe://other"] } },
    },
    hop: "tls",
    says: /accepts only spiffe:\/\/other/,
    remedy: /up --refresh --stack east/,
  },
  {
    what: "an expired certificate",
    evidence: { answer: ownError("TLS_error"), hellos: [shows({ notAfter: now - day })] },
    hop: "tls",
    says: /expired on 2026-05-31/,
    remedy: /renews/,
  },
  {
    what: "a certificate of tomorrow",
    evidence: { answer: ownError("TLS_error"), hellos: [shows({ notBefore: now + day })] },
    hop: "tls",
    says: /valid only from 2026-06-02/,
    remedy: /clocks/,
  },
  {
    what: "another root",
    evidence: { answer: ownError("TLS_error"), hellos: [shows({ chainProblem: "SELF_SIGNED_CERT_IN_CHAIN" })] },
    hop: "tls",
    says: /does not lead to a root that east trusts/,
    remedy: /share a root/,
  },
  {
    what: "an application's own 500 through a gateway that refuses this machine",
    evidence: {
      answer: { ...goodAnswer, good: false, status: 500 },
      hellos: [unreachable],
      fromClient: { "192.0.2.1:15443": true },
    },
    hop: "target",
    says: /answered 500/,
    remedy: /probe/,
  },
  {
    what: "a policy on a TCP port behind a gateway's name that this machine cannot resolve",
    edge: tcpPort,
    evidence: {
      answer: closed,
      hellos: [unresolvable],
      fromClient: { "gw.example:15443": true },
      published: undefined,
      far: [{ ...farSide, chain: true, endpoints: [], service: { ...farSide.service, ready: 0 } }],
    },
    hop: "target",
    says: /nothing ready/,
    remedy: /bring up/,
  },
  {
    what: "a server that refuses the client's certificate",
    evidence: { answer: ownError("TLS_error:|SSL routines:SSLV3_ALERT_CERTIFICATE_UNKNOWN:TLS_error_end") },
    hop: "tls",
    says: /refuses the client's certificate/,
    remedy: /share a root/,
  },
  {
    what: "a refused caller, seen from here",
    evidence: { answer: refused },
    hop: "authorization",
    says: /refuses sleep\/sleep \(403/,
    remedy: /callers/,
    inferred: true,
  },
  {
    what: "a refused caller, seen from there",
    evidence: { answer: refused, far: [denying] },
    hop: "authorization",
    says: /refuses sleep\/sleep/,
    remedy: /DENY httpbin\/refuse in west/,
    inferred: false,
  },
  {
    what: "a refused HEAD, by the length of what it does not say",
    edge: head,
    evidence: { answer: { ...refused, body: "", headers: { "content-length": "19" } } },
    hop: "authorization",
    says: /refuses sleep\/sleep/,
    remedy: /callers/,
  },
  {
    what: "a refused HEAD without a length, by the policies there",
    edge: head,
    evidence: { answer: { ...refused, body: "" }, far: [denying] },
    hop: "authorization",
    says: /refuses sleep\/sleep/,
    remedy: /DENY httpbin\/refuse in west/,
  },
  {
    what: "an application's own 403 to HEAD, beside a policy",
    edge: head,
    evidence: { answer: { ...refused, body: "", headers: { "content-length": "7" } }, far: [denying] },
    hop: "target",
    says: /answered 403/,
    remedy: /probe/,
  },
  {
    what: "an application's own 403 to HEAD without a length",
    edge: head,
    evidence: { answer: { ...refused, body: "" } },
    hop: "target",
    says: /answered 403/,
    remedy: /probe/,
  },
  {
    what: "a refused caller of a TCP port",
    edge: { ...connectOnly, declared: true, port: { name: "tcp", number: 9000, protocol: "TCP" } },
    evidence: { answer: closed, far: [denying] },
    hop: "authorization",
    says: /breaks off the connection/,
    remedy: /DENY httpbin\/refuse/,
  },
  {
    what: "a refused gRPC caller",
    edge: { probe: { kind: "grpc" } },
    evidence: {
      answer: {
        ...goodAnswer,
        good: false,
        grpc: { status: 7, serving: false },
        headers: { "grpc-message": "RBAC: access denied" },
      },
    },
    hop: "authorization",
    says: /PERMISSION_DENIED/,
    remedy: /callers/,
  },
  {
    what: "a gateway that refuses a gRPC call's connection",
    edge: { probe: { kind: "grpc" } },
    evidence: { answer: ownGrpcError("delayed connect error: Connection refused"), hellos: [unreachable] },
    hop: "tcp",
    says: /connection refused/,
    remedy: /Service/,
  },
  {
    what: "a server's certificate that a gRPC call's sidecar refuses",
    edge: { probe: { kind: "grpc" } },
    evidence: {
      answer: ownGrpcError(
        "remote connection failure, transport failure reason: TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:100%25",
      ),
    },
    hop: "tls",
    says: /refuses the server's certificate: .*100%$/,
    remedy: /serviceAccounts/,
  },
  {
    what: "a gRPC call that ends behind the handshake",
    edge: { probe: { kind: "grpc" } },
    evidence: { answer: ownGrpcError("connection termination") },
    hop: "target",
    says: /ends without an answer \(upstream connect error.*connection termination\)/,
    remedy: /policies/,
  },
  {
    what: "a gRPC server whose own sidecar gets no connection to it",
    edge: { probe: { kind: "grpc" } },
    evidence: {
      answer: {
        ...ownGrpcError("delayed connect error: 111"),
        headers: { "x-envoy-upstream-service-time": "1", "grpc-message": "delayed connect error: 111" },
      },
    },
    hop: "target",
    says: /answered status 14/,
    remedy: /service itself/,
  },
  {
    what: "no pod behind the service, seen from there",
    evidence: {
      answer: ownError("remote connection failure"),
      hellos: [reset],
      far: [{ ...farSide, endpoints: [], service: { ...farSide.service, ready: 0, total: 0 } }],
    },
    hop: "target",
    says: /nothing ready stands behind.*0 pods/,
    remedy: /bring up pods/,
    inferred: false,
  },
  {
    what: "an application that takes no connections",
    evidence: {
      answer: { ...ownError("delayed connect error: 111"), headers: { "x-envoy-upstream-service-time": "1" } },
    },
    hop: "target",
    says: /answered 503, expected 200.*target port/,
    remedy: /application/,
    inferred: true,
  },
  {
    what: "an application's own 500",
    evidence: { answer: { ...goodAnswer, good: false, status: 500 } },
    hop: "target",
    says: /answered 500, expected 200/,
    remedy: /probe/,
  },
  {
    what: "an application's own 403",
    evidence: { answer: { ...goodAnswer, good: false, status: 403, body: "sign in" } },
    hop: "target",
    says: /answered 403/,
    remedy: /probe/,
  },
  {
    what: "a gRPC server that is not serving",
    edge: { probe: { kind: "grpc" } },
    evidence: { answer: { ...goodAnswer, good: false, grpc: { status: 0, serving: false } } },
    hop: "target",
    says: /not SERVING/,
    remedy: /service/,
  },
];

test.each(broken)("$what: broken at $hop", ({ evidence, hop, says, remedy, edge: more, inferred }) => {
  const verdict = firstBroken(walkHops({ ...edge, ...more }, { ...goodEvidence, ...evidence }));
  expect([verdict?.hop, verdict?.evidence]).toEqual([hop, expect.stringMatching(says)]);
  expect(verdict!.remedy).toMatch(remedy);
  if (inferred !== undefined)
    expect([verdict!.inferred, verdict!.seenFrom]).toEqual([inferred, inferred ? "east" : "west"]);
});

test.each<{ what: string; evidence?: Partial<Evidence>; edge?: Partial<Edge> }>([
  { what: "all in order" },
  { what: "all looked at", evidence: { config, far: [farSide] } },
  {
    what: "connect only",
    edge: connectOnly,
    evidence: { answer: { ...goodAnswer, status: undefined, headers: {}, echoed: {} }, config },
  },
  { what: "a gateway that only the client reaches", evidence: { hellos: [unreachable] } },
  {
    what: "a gateway that only the client reaches, asked",
    evidence: { hellos: [unreachable], fromClient: { "192.0.2.1:15443": true } },
  },
  {
    what: "a sidecar that blocks the unknown, on an old connection",
    evidence: { hellos: [unreachable], fromClient: { "192.0.2.1:15443": false }, blocksUnknown: true },
  },
  {
    what: "a call that opened a connection, and a client that got none a moment later",
    evidence: {
      hellos: [unreachable],
      fromClient: { "192.0.2.1:15443": false },
      endpoints: [{ address: "192.0.2.1:15443", health: "HEALTHY", requests: 5, connections: 2 }],
    },
  },
  {
    what: "a certificate from behind a gateway whose configuration seems to lack the name",
    evidence: { far: [{ ...farSide, chain: false, passthrough: [] }] },
  },
  {
    what: "one of two gateways out of reach",
    edge: { gateways: [...edge.gateways, { mesh: "west", address: "192.0.2.2", port: 15443 }] },
    evidence: {
      published: undefined,
      endpoints: ["192.0.2.1:15443", "192.0.2.2:15443"].map((address) => ({
        address,
        health: "HEALTHY",
        requests: 1,
        connections: 1,
      })),
      hellos: [shows(), unreachable],
    },
  },
  {
    what: "a gateway's name whose addresses only the sidecar knows",
    edge: { gateways: [{ mesh: "west", address: "gw.example", port: 15443 }] },
    evidence: { published: [{ mesh: "west", address: "gw.example", port: 15443 }] },
  },
  {
    what: "an IPv6 gateway",
    edge: { gateways: [{ mesh: "west", address: "2001:db8::1", port: 15443 }] },
    evidence: {
      published: undefined,
      endpoints: [{ address: "[2001:db8::1]:15443", health: "HEALTHY", requests: 1, connections: 1 }],
    },
  },
  {
    what: "a blended host that also has local endpoints",
    edge: { blended: true },
    evidence: {
      endpoints: [
        ...(goodEvidence.endpoints as []),
        { address: "10.10.0.4:8080", health: "HEALTHY", requests: 1, connections: 1 },
      ],
    },
  },
  { what: "a policy that lets this caller in", evidence: { far: [{ ...farSide, policies: ["ALLOW httpbin/some"] }] } },
])("no false alarm with $what", ({ evidence, edge: more }) => {
  expect(walkHops({ ...edge, ...more }, { ...goodEvidence, ...evidence }).filter((v) => v.state === "broken")).toEqual(
    [],
  );
});

const hidden: Hello = { ...unreachable, outcome: "unreachable", detail: "no connection within 3 s" };

test.each<{ what: string; evidence: Partial<Evidence>; edge?: Partial<Edge>; state: string; says: RegExp }>([
  {
    what: "the call went through, and this machine gets nowhere",
    evidence: { hellos: [unreachable] },
    state: "good",
    says: /call went through; 192\.0\.2\.1:15443 \(ECONNREFUSED\) cannot be reached from this machine/,
  },
  {
    what: "the call fails, and the client may not be asked",
    evidence: {
      answer: ownError("remote connection failure"),
      hellos: [hidden],
      fromClient: { "192.0.2.1:15443": false },
      blocksUnknown: true,
    },
    state: "unknown",
    says: /cannot be told/,
  },
  {
    what: "the call fails, and this machine does not know the name",
    evidence: { answer: ownError("remote connection failure"), hellos: [unresolvable] },
    state: "unknown",
    says: /gw\.example:15443 \(this machine cannot resolve it\)/,
  },
  {
    what: "a TCP call is broken off, although the client connects",
    edge: tcpPort,
    evidence: { answer: closed, hellos: [unresolvable], fromClient: { "gw.example:15443": true } },
    state: "unknown",
    says: /this machine cannot resolve it.*the client gets a connection/,
  },
  {
    what: "a TCP call is broken off, and this machine is kept out",
    edge: tcpPort,
    evidence: { answer: closed, hellos: [hidden], fromClient: { "192.0.2.1:15443": true } },
    state: "unknown",
    says: /the client gets a connection/,
  },
  {
    what: "a TCP call is broken off, and the client gets no connection either",
    edge: tcpPort,
    evidence: { answer: closed, hellos: [hidden], fromClient: { "192.0.2.1:15443": false } },
    state: "broken",
    says: /no connection to/,
  },
])("TCP where $what: $state", ({ evidence, edge: more, state, says }) => {
  const verdict = judgeTcp({ ...edge, ...more }, { ...goodEvidence, ...evidence });
  expect([verdict.state, verdict.evidence]).toEqual([state, expect.stringMatching(says)]);
});

test.each([
  { protocol: "HTTP", state: "unknown" },
  { protocol: "HTTP2", state: "unknown" },
  { protocol: "GRPC", state: "unknown" },
  { protocol: "TCP", state: "good" },
])("that a $protocol port takes a connection: the target is $state", ({ protocol, state }) => {
  const answer = { ...goodAnswer, status: undefined, headers: {}, echoed: {} };
  expect(
    judgeTarget({ ...edge, ...connectOnly, port: { ...edge.port, protocol } }, { ...goodEvidence, answer }).state,
  ).toBe(state);
});
