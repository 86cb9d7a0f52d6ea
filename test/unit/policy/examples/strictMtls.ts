import { destinationRule, entry, host, object, sans, type Example } from "./kubernetes.ts";

const istiod = object("apps/v1:Deployment", "istiod", { labels: { app: "istiod" } });
const release = (chart: string) => ({
  type: "kubernetes:helm.sh/v3:Release",
  name: "istiod",
  props: { chart, namespace: "istio-system" },
});
const peerAuthentication = (spec: unknown, namespace = "istio-system") =>
  object("security.istio.io/v1:PeerAuthentication", "default", { namespace, spec });
const strict = peerAuthentication({ mtls: { mode: "STRICT" } });
const imported = entry({ subjectAltNames: sans });
const [disable, simple, mutual] = ["DISABLE", "SIMPLE", "ISTIO_MUTUAL"].map((mode) => ({ tls: { mode } }));
const selector = { matchLabels: { app: "x" } };
const port = (tls: unknown) => ({ ...mutual, portLevelSettings: [{ port: { number: 8000 }, ...(tls as object) }] });

/** A mesh whose Services end with another domain. */
const corp = {
  type: "pulumi:pulumi:Stack",
  name: "mesh",
  stack: "west",
  props: { federation: { mesh: { clusterDomain: "corp.example" } } },
};

const cases: [what: string, violates: Example["violates"], passes: Example["passes"], says: RegExp][] = [
  [
    "PERMISSIVE in a namespace",
    [peerAuthentication({ mtls: { mode: "PERMISSIVE" } }, "sleep")],
    [peerAuthentication({ mtls: { mode: "STRICT" } }, "sleep")],
    /sets mtls to PERMISSIVE \(spec\.mtls\.mode\)/,
  ],
  [
    "DISABLE for a workload",
    [peerAuthentication({ selector, mtls: { mode: "DISABLE" } }, "sleep")],
    [peerAuthentication({ selector, mtls: { mode: "UNSET" } }, "sleep")],
    /sets mtls to DISABLE/,
  ],
  [
    "a port without",
    [peerAuthentication({ mtls: { mode: "STRICT" }, portLevelMtls: { 8080: { mode: "DISABLE" } } })],
    [peerAuthentication({ mtls: { mode: "STRICT" }, portLevelMtls: { 8080: { mode: "STRICT" }, 9090: null } })],
    /port 8080 to DISABLE/,
  ],
  [
    "a mesh-wide policy without a mode is PERMISSIVE",
    [peerAuthentication({ mtls: { mode: "UNSET" } })],
    [peerAuthentication({ mtls: { mode: "UNSET" } }, "sleep")],
    /mesh-wide and sets no mode/,
  ],
  [
    "istiod without the mesh-wide policy",
    [istiod, peerAuthentication({ mtls: { mode: "STRICT" } }, "sleep")],
    [istiod, strict],
    /no mesh-wide STRICT/,
  ],
  [
    "a namespace not known yet",
    [istiod, peerAuthentication({ mtls: { mode: "STRICT" } }, "other")],
    [istiod, peerAuthentication({ mtls: { mode: "STRICT" } }, "04da6b54-80e4-46f7-96ec-b56ff0331ba9")],
    /no mesh-wide STRICT/,
  ],
  [
    "a policy for some workloads only",
    [istiod, peerAuthentication({ selector, mtls: { mode: "STRICT" } })],
    [istiod, peerAuthentication({ selector: { matchLabels: {} }, mtls: { mode: "STRICT" } })],
    /no mesh-wide STRICT/,
  ],
  [
    "istiod as a Helm release",
    [release("istiod")],
    [release("istio/istiod"), strict, { ...release("base"), name: "base" }],
    /runs istiod in istio-system, but/,
  ],
  [
    "DISABLE towards an import",
    [imported, destinationRule(disable)],
    [imported, destinationRule(mutual)],
    /towards the imported host httpbin\S+ to DISABLE.*spec\.trafficPolicy\.tls\.mode/,
  ],
  [
    "settings without a mode, which is DISABLE",
    [imported, destinationRule({ tls: { sni: "x" } })],
    [imported, destinationRule({ tls: null, loadBalancer: {} })],
    /to no mode, which is DISABLE/,
  ],
  [
    "no settings in a port, which is DISABLE too",
    [imported, destinationRule(port({ tls: {} }))],
    [imported, destinationRule(port({}))],
    /portLevelSettings\[0\]\.tls\.mode/,
  ],
  [
    "a mode not known yet",
    [imported, destinationRule({ tls: { mode: "" } })],
    [imported, destinationRule({ tls: { mode: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } })],
    /no mode/,
  ],
  [
    "istiod's chart as a file of a candidate",
    [release("charts/istiod-1.31.0-rc.1.tgz")],
    [release("charts/istiod-tools-1.31.0.tgz"), strict],
    /runs istiod in istio-system, but/,
  ],
  [
    "SIMPLE towards an import",
    [imported, destinationRule(simple)],
    [imported, destinationRule(simple, { host: "api.example.com" })],
    /to SIMPLE/,
  ],
  [
    "a port of an import",
    [imported, destinationRule(port(disable))],
    [imported, destinationRule(port(mutual))],
    /portLevelSettings\[0\]\.tls\.mode/,
  ],
  [
    "a subset of an import",
    [imported, destinationRule(mutual, { subsets: [{ name: "v1", trafficPolicy: simple }] })],
    [imported, destinationRule(mutual, { subsets: [{ name: "v1", trafficPolicy: {} }] })],
    /subsets\[0\]/,
  ],
  [
    "an import by its short name",
    [
      {
        ...imported,
        props: { ...imported.props, spec: { ...imported.props["spec"], hosts: ["httpbin.sleep.svc.cluster.local"] } },
      },
      destinationRule(disable, { host: "httpbin" }),
    ],
    [imported, destinationRule(disable, { host: "httpbin" })],
    /imported host httpbin\.sleep/,
  ],
  [
    "an import by a wildcard",
    [imported, destinationRule(disable, { host: "*.httpbin.svc.cluster.local" })],
    [imported, destinationRule(disable, { host: "kubernetes.default.svc.cluster.local" })],
    /to DISABLE/,
  ],
  [
    "an import by its short name, in a mesh of another cluster domain",
    [
      corp,
      {
        ...imported,
        props: { ...imported.props, spec: { ...imported.props["spec"], hosts: ["httpbin.sleep.svc.corp.example"] } },
      },
      destinationRule(disable, { host: "httpbin" }),
    ],
    [corp, imported, destinationRule(disable, { host: "httpbin" })],
    /imported host httpbin\.sleep/,
  ],
  ...["corp.example", "svc.corp.example", "httpbin.svc.corp.example"].map((end): (typeof cases)[number] => [
    `the whole mesh, or a namespace, below ${end}`,
    [corp, destinationRule(disable, { host: `*.${end}` })],
    [corp, destinationRule(disable, { host: "*.rp.example" }), destinationRule(disable, { host: "*.other.example" })],
    new RegExp(`every host of \\*\\.${end}`),
  ]),
  [
    "the whole mesh",
    [destinationRule(disable, { host: "*.local" })],
    [destinationRule(mutual, { host: "*.local" })],
    /every host of \*\.local/,
  ],
  [
    "a MESH_EXTERNAL import",
    [entry({ location: undefined, subjectAltNames: sans }), destinationRule(simple)],
    [entry({ location: undefined, endpoints: undefined }), destinationRule(simple, { host })],
    /to SIMPLE/,
  ],
];

export const strictMtls: Example[] = cases.map(([what, violates, passes, says]) => ({
  rule: "strict-mtls-stays",
  what,
  violates,
  passes,
  says,
}));
