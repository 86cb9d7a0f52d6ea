import { destinationRule, entry, gateway, object, sans, type Example } from "./kubernetes.ts";

const workloadEntry = (spec: Record<string, unknown>) =>
  object("networking.istio.io/v1:WorkloadEntry", "httpbin-west", {
    namespace: "httpbin",
    spec: { address: "192.0.2.1", ...spec },
  });
const mutual = { mode: "ISTIO_MUTUAL" };
const pinning = { ...mutual, subjectAltNames: sans };
const behindGateway = { endpoints: [{ address: "192.0.2.1", ports: { http: 15443 } }] };
/** Another port of a gateway, and no network. */
const elsewhere = { location: undefined, endpoints: [{ address: "192.0.2.1", ports: { http: 15444 } }] };
const networkLabel = "topology.istio.io/network";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const cases: [what: string, violates: Example["violates"], passes: Example["passes"], says?: RegExp][] = [
  ["a ServiceEntry without SANs", [entry({})], [entry({ subjectAltNames: sans })]],
  ["SANs that are none", [entry({ subjectAltNames: [""] })], [entry({ subjectAltNames: unknown })]],
  [
    "MESH_EXTERNAL in a peer's network",
    [entry({ location: "MESH_EXTERNAL" })],
    [entry({ location: "MESH_EXTERNAL", endpoints: undefined, resolution: "DNS" })],
  ],
  [
    "no location, behind a peer's gateway",
    [entry({ location: undefined, ...behindGateway })],
    [entry({ location: undefined, endpoints: [{ address: "192.0.2.1", ports: { http: 443 } }] })],
  ],
  [
    "resolution NONE, behind a peer's gateway",
    [entry({ resolution: "NONE", ...behindGateway })],
    [entry({ resolution: "NONE", ...behindGateway, subjectAltNames: sans })],
  ],
  [
    "a targetPort of the gateway",
    [entry({ location: undefined, endpoints: undefined, ports: [{ number: 8000, targetPort: 15443 }] })],
    [entry({ location: undefined, endpoints: undefined, ports: [{ number: 8000, targetPort: 8080 }] })],
  ],
  [
    "another port of a gateway, called with the mesh's identity",
    [entry(elsewhere), destinationRule({ tls: mutual })],
    [entry(elsewhere), destinationRule({ tls: { mode: "SIMPLE" } })],
  ],
  [
    "a host to resolve, one port of which is called with the mesh's identity",
    [
      entry({ location: "MESH_EXTERNAL", endpoints: undefined, resolution: "DNS" }),
      destinationRule({ portLevelSettings: [{ port: { number: 8000 }, tls: mutual }] }),
    ],
    [
      entry({ location: "MESH_EXTERNAL", endpoints: undefined, resolution: "DNS", subjectAltNames: sans }),
      destinationRule({ portLevelSettings: [{ port: { number: 8000 }, tls: mutual }] }),
    ],
  ],
  [
    "an endpoint with a network by its label",
    [entry({ location: undefined, endpoints: [{ address: "192.0.2.1", labels: { [networkLabel]: "west" } }] })],
    [entry({ location: undefined, endpoints: [{ address: "192.0.2.1", labels: { app: "west" } }] })],
  ],
  [
    "SANs in the DestinationRule of another host",
    [entry({}), destinationRule({ tls: pinning }, { host: "other.example" })],
    [entry({}), destinationRule({ tls: pinning })],
  ],
  [
    "a DestinationRule without SANs",
    [entry({}), destinationRule({ tls: mutual })],
    [
      entry({}),
      destinationRule({ tls: mutual }, { host: "other" }),
      destinationRule({ tls: pinning }, { host: "*.svc.cluster.local" }),
    ],
  ],
  [
    "a more specific DestinationRule without SANs",
    [entry({}), destinationRule({ tls: mutual }), destinationRule({ tls: pinning }, { host: "*.svc.cluster.local" })],
    [entry({}), destinationRule({ tls: pinning }), destinationRule({ tls: mutual }, { host: "*.svc.cluster.local" })],
  ],
  [
    "SANs for some workloads only",
    [entry({}), destinationRule({ tls: pinning }, { workloadSelector: { matchLabels: { app: "sleep" } } })],
    [entry({}), destinationRule({ tls: pinning }, { workloadSelector: null })],
  ],
  [
    "SANs that no mTLS checks",
    [entry({}), destinationRule({ tls: { subjectAltNames: sans } })],
    [entry({ subjectAltNames: sans }), destinationRule({ tls: mutual })],
  ],
  [
    "a port that leaves the SANs out",
    [entry({}), destinationRule({ tls: pinning, portLevelSettings: [{ port: { number: 8000 } }] })],
    [entry({}), destinationRule({ tls: pinning, portLevelSettings: [{ port: { number: 8000 }, tls: pinning }] })],
  ],
  [
    "a subset that leaves the SANs out",
    [entry({}), destinationRule({ tls: pinning }, { subsets: [{ name: "v1", trafficPolicy: { tls: mutual } }] })],
    [entry({}), destinationRule({ tls: pinning }, { subsets: [{ name: "v1" }] })],
  ],
  [
    "no certificate is verified",
    [entry({ subjectAltNames: sans }), destinationRule({ tls: { mode: "MUTUAL", insecureSkipVerify: true } })],
    [
      entry({ subjectAltNames: sans }),
      destinationRule({ tls: { mode: "MUTUAL", insecureSkipVerify: false } }),
      destinationRule({ tls: { mode: "MUTUAL", insecureSkipVerify: true } }, { host: "other.example" }),
    ],
    /verifies no certificate of the imported host \S+ \(spec\.trafficPolicy\.tls\.insecureSkipVerify\)/,
  ],
  [
    "an endpoint that joins a Service",
    [workloadEntry({ network: "network-west" })],
    [workloadEntry({ network: "network-west", serviceAccount: "httpbin" })],
    /in network network-west without an identity .*serviceAccount/,
  ],
  [
    "an endpoint behind a gateway",
    [workloadEntry({ ports: { http: 15443 } })],
    [workloadEntry({ ports: { http: 8080 } })],
    /behind an east-west gateway without an identity/,
  ],
  [
    "an endpoint with a network by its label that joins a Service",
    [workloadEntry({ labels: { [networkLabel]: "west" } })],
    [workloadEntry({ labels: { [networkLabel]: "west" }, serviceAccount: "httpbin" })],
    /in network west without an identity .*serviceAccount/,
  ],
  [
    "an export's own entry is no import",
    [entry({})],
    [gateway(["x.mesh.global"]), entry({ workloadSelector: { labels: { app: "httpbin" } }, endpoints: undefined })],
  ],
];

export const importSans: Example[] = cases.map(
  ([what, violates, passes, says = /imports \S+ and pins no identity .*subjectAltNames/]) => ({
    rule: "import-pins-identities",
    what,
    violates,
    passes,
    says,
  }),
);
