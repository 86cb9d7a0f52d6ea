import { deployment, gateway, host, listener, object, policy, service, sleep, type Example } from "./kubernetes.ts";
import { from, deny, allow, denyOthers, selecting, ours, app, neutral, neutralEntry, unknown } from "./policies.ts";

const cases: [what: string, violates: Example["violates"], passes: Example["passes"]][] = [
  ["no policy", [gateway([host])], [gateway([host]), deny(denyOthers)]],
  [
    "declared public",
    [gateway([host], { annotations: { "mesh-federation.dev/public": "false" } })],
    [gateway([host], { annotations: { "mesh-federation.dev/public": "true" } })],
  ],
  [
    "a policy of another namespace",
    [gateway([host]), policy({ action: "DENY", rules: [denyOthers] }, { namespace: "other" })],
    [gateway([host]), policy({ action: "DENY", rules: [denyOthers] }, { namespace: "istio-system" })],
  ],
  [
    "a policy that names nobody",
    [gateway([host]), deny({ to: [{ operation: { methods: ["DELETE"] } }] })],
    [gateway([host]), allow(from({ principals: [sleep] }))],
  ],
  [
    "AUDIT turns nobody away",
    [gateway([host]), policy({ action: "AUDIT", rules: [from({ principals: [sleep] })] })],
    [gateway([host]), policy({ rules: [from({ principals: [sleep] })] })],
  ],
  [
    "CUSTOM leaves it to somebody else",
    [gateway([host]), policy({ action: "CUSTOM", provider: { name: "x" }, rules: [from({ principals: [sleep] })] })],
    [gateway([host]), policy({ action: "CUSTOM", provider: { name: "x" }, rules: [{}] }), deny(denyOthers)],
  ],
  [
    "DENY of named principals lets all others in",
    [gateway([host]), deny(from({ principals: [sleep] }))],
    [gateway([host]), deny(from({ principals: ["east.local/*"], notPrincipals: ["east.local/ns/sleep/sa/sleep"] }))],
  ],
  [
    "DENY within a few principals only",
    [gateway([host]), deny(from({ principals: ["east.local/ns/a/sa/a"], notPrincipals: [sleep] }))],
    [gateway([host]), deny(from({ principals: ["*"], notPrincipals: [sleep] }))],
  ],
  [
    "DENY that the source's address narrows",
    [gateway([host]), deny(from({ notPrincipals: [sleep], ipBlocks: ["192.0.2.0/24"] }))],
    [gateway([host]), deny(from({ notPrincipals: [sleep], ipBlocks: [] }))],
  ],
  [
    "everybody by wildcard",
    [gateway([host]), allow(from({ principals: ["*"] }))],
    [gateway([host]), allow(from({ principals: [sleep] }))],
  ],
  [
    "a trust domain by wildcard",
    [gateway([host]), allow(from({ principals: ["cluster.local/*"] }))],
    [gateway([host]), allow(from({ principals: [sleep], serviceAccounts: [] }))],
  ],
  [
    "service accounts of whatever trust domain",
    [gateway([host]), allow(from({ serviceAccounts: ["sleep/sleep"] }))],
    [
      gateway([host]),
      allow({ ...from({ namespaces: ["sleep"] }), when: [{ key: "source.principal", values: [sleep] }] }),
    ],
  ],
  [
    "DENY of all but service accounts",
    [gateway([host]), deny(from({ notServiceAccounts: ["sleep/sleep"] }))],
    [gateway([host]), deny(denyOthers, from({ notServiceAccounts: ["sleep/sleep"] }))],
  ],
  [
    "accounts by suffix",
    [gateway([host]), allow(from({ principals: [sleep, "*/sa/sleep"] }))],
    [gateway([host]), allow(from({ principals: [sleep, "east.local/ns/shop/sa/cart"] }))],
  ],
  [
    "DENY that exempts a trust domain",
    [gateway([host]), deny(from({ notPrincipals: ["cluster.local/*"] }))],
    [gateway([host]), deny(from({ notPrincipals: [sleep] }), from({ namespaces: ["x"] }))],
  ],
  [
    "notPrincipals in an ALLOW lets all others in",
    [gateway([host]), allow(from({ notPrincipals: [sleep] }))],
    [gateway([host]), allow(from({ principals: [sleep], notPrincipals: ["cluster.local/ns/a/sa/a"] }))],
  ],
  [
    "namespaces are no callers",
    [gateway([host]), allow(from({ namespaces: ["sleep"] }))],
    [gateway([host]), allow(from({ principals: [sleep], namespaces: ["sleep"] }))],
  ],
  [
    "an empty rule beside",
    [gateway([host]), allow(from({ principals: [sleep] }), {})],
    [gateway([host]), allow(from({ principals: [sleep] }), from({ principals: ["cluster.local/ns/a/sa/a"] }))],
  ],
  [
    "an open ALLOW beside",
    [gateway([host]), allow(from({ principals: [sleep] })), allow({ from: [] })],
    [gateway([host]), deny(denyOthers), allow({})],
  ],
  [
    "an empty source beside",
    [gateway([host]), allow(from({ principals: [sleep] }, {}))],
    [gateway([host]), policy({})],
  ],
  [
    "a path for anybody",
    [gateway([host]), allow(from({ principals: [sleep] }), { to: [{ operation: { paths: ["/status"] } }] })],
    [gateway([host]), allow({ ...from({ principals: [sleep] }), to: [{ operation: { paths: ["/status"] } }] })],
  ],
  [
    "callers in a condition",
    [gateway([host]), allow({ when: [{ key: "source.principal", values: ["*"] }] })],
    [gateway([host]), allow({ when: [{ key: "source.principal", values: [sleep] }] })],
  ],
  [
    "callers in a condition of a DENY",
    [gateway([host]), deny({ when: [{ key: "request.headers[x]", notValues: [sleep] }] })],
    [gateway([host]), deny({ when: [{ key: "source.principal", notValues: [sleep] }] })],
  ],
  [
    "DENY of some methods",
    [gateway([host]), deny({ ...denyOthers, to: [{ operation: { methods: ["POST"] } }] })],
    [gateway([host]), deny({ ...denyOthers, to: [{ operation: { ports: ["8080"] } }] })],
  ],
  [
    "DENY on another port",
    [gateway([host]), service(app), deny({ ...denyOthers, to: [{ operation: { ports: ["9090"] } }] })],
    [gateway([host]), service(app), deny({ ...denyOthers, to: [{ operation: { ports: ["8080", "9090"] } }] })],
  ],
  [
    "on trial",
    [gateway([host]), policy({ action: "DENY", rules: [denyOthers] }, { annotations: { "istio.io/dry-run": "true" } })],
    [
      gateway([host]),
      policy({ action: "DENY", rules: [denyOthers] }, { annotations: { "istio.io/dry-run": "false" } }),
    ],
  ],
  [
    "a waypoint's policy",
    [
      gateway([host]),
      policy({ targetRefs: [{ kind: "Service", name: "httpbin" }], action: "DENY", rules: [denyOthers] }),
    ],
    [gateway([host]), policy({ targetRefs: [], action: "DENY", rules: [denyOthers] })],
  ],
  [
    "a policy that selects another workload",
    [gateway([host]), service(app), selecting({ app: "other" })],
    [gateway([host]), service(app), selecting(app)],
  ],
  [
    "a policy for one of two versions",
    [
      gateway([host]),
      service(app),
      deployment({ ...app, version: "v1" }),
      deployment({ ...app, version: "v2" }),
      selecting({ version: "v1" }),
    ],
    [
      gateway([host]),
      service(app),
      deployment({ ...app, version: "v1" }),
      deployment({ app: "other", version: "v2" }),
      selecting({ version: "v1" }),
    ],
  ],
  [
    "a label does not make up for another selector",
    [gateway([host], { labels: ours }), service(app), selecting({ app: "other" }, { labels: ours })],
    [gateway([host], { labels: ours }), service(app), selecting(app, { labels: ours })],
  ],
  [
    "the Service in another stack",
    [gateway([host]), selecting(app)],
    [gateway([host], { labels: ours }), selecting(app, { labels: ours })],
  ],
  [
    "the label on a policy elsewhere",
    [gateway([host], { labels: ours }), selecting(app, { labels: ours, namespace: "other" })],
    [gateway([host], { labels: ours }), policy({ action: "DENY", rules: [denyOthers] })],
  ],
  [
    "an open ALLOW on the same pods",
    [
      gateway([host], { labels: ours }),
      policy({ selector: { matchLabels: app }, rules: [from({ principals: [sleep] })] }, { labels: ours }),
      policy({ selector: { matchLabels: app }, rules: [{}] }),
    ],
    [
      gateway([host], { labels: ours }),
      policy({ selector: { matchLabels: app }, rules: [from({ principals: [sleep] })] }, { labels: ours }),
      policy({ selector: { matchLabels: { app: "other" } }, rules: [{}] }),
    ],
  ],
  [
    "a mesh-neutral host",
    [gateway([neutral]), neutralEntry, selecting({ app: "other" })],
    [gateway([neutral]), neutralEntry, selecting(app)],
  ],
  [
    "by the SNI of a host",
    [
      gateway([neutral]),
      neutralEntry,
      deny({ ...denyOthers, when: [{ key: "connection.sni", values: ["*_.y.mesh.global"] }] }),
    ],
    [
      gateway([neutral]),
      neutralEntry,
      deny({ ...denyOthers, when: [{ key: "connection.sni", values: [`*_.${neutral}`] }] }),
    ],
  ],
  ["a listener of the Gateway API", [listener(host)], [listener(host), deny(denyOthers)]],
  [
    "a listener that passes through on 15443",
    [listener(host, { tls: { mode: "Passthrough" } })],
    [listener(host, { port: 443, tls: { mode: "Terminate" } })],
  ],
  [
    "PASSTHROUGH of a sidecar's SNI",
    [gateway([`outbound_.8000_._.${host}`], {}, { tls: { mode: "PASSTHROUGH" } })],
    [gateway([`outbound_.8000_._.${host}`], {}, { tls: { mode: "PASSTHROUGH" } }), deny(denyOthers)],
  ],
  ["a host not known yet", [gateway([host, unknown])], [gateway([unknown])]],
  ["a listener's host not known yet", [listener(undefined)], [listener(unknown)]],
  [
    "a namespace not known yet",
    [gateway([host]), service(app), policy({ action: "DENY", rules: [denyOthers] }, { namespace: "other" })],
    [
      gateway([host]),
      object("core/v1:Service", "httpbin", { namespace: unknown, spec: { selector: app } }),
      selecting(app, { namespace: unknown }),
    ],
  ],
  [
    "what is not known yet is nobody's fault",
    [gateway([host]), deny(from({ notPrincipals: [] }))],
    [gateway([host]), deny(from({ notPrincipals: unknown }))],
  ],
];

export const exportCallers: Example[] = cases.map(([what, violates, passes]) => ({
  rule: "export-names-callers",
  what,
  violates,
  passes,
  says: /exports \S+ to every caller .*AuthorizationPolicy.*public/,
}));
