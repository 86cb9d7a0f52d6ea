import {
  blocksUnknownHosts,
  clusterConfig,
  endpointsOf,
  hasListener,
  listenersOf,
  literally,
  ownChain,
  routesToCluster,
  resourcesOf,
  serverNames,
  trustedRoots,
} from "../../../kube/envoy.ts";

const host = "httpbin.httpbin.svc.cluster.local";
const cluster = `outbound|8000||${host}`;

describe("the endpoints of a cluster", () => {
  test("have health and counters", () => {
    const text = [
      `${cluster}::observability_name::${cluster}`,
      `${cluster}::default_priority::max_connections::1024`,
      `${cluster}::192.0.2.1:15443::cx_connect_fail::1`,
      `${cluster}::192.0.2.1:15443::cx_total::4`,
      `${cluster}::192.0.2.1:15443::rq_total::7`,
      `${cluster}::192.0.2.1:15443::health_flags::healthy`,
      `${cluster}::[2001:db8::1]:15443::health_flags::/failed_outlier_check`,
      `outbound|80||${host}::192.0.2.9:80::health_flags::healthy`,
    ].join("\n");
    expect(endpointsOf(text, cluster)).toEqual([
      { address: "[2001:db8::1]:15443", health: "failed_outlier_check", requests: 0, connections: 0 },
      { address: "192.0.2.1:15443", health: "HEALTHY", requests: 7, connections: 3, failures: 1 },
    ]);
    expect(endpointsOf("", cluster)).toEqual([]);
  });
});

const tls = (more: object) => ({
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    ...more,
  },
});

const mutual = {
  sni: "outbound_.8000_._.h",
  common_tls_context: {
    tls_certificate_sds_secret_configs: [{ name: "default" }],
    combined_validation_context: {
      default_validation_context: { match_subject_alt_names: [{ exact: "spiffe://a" }, { prefix: "spiffe://b/" }] },
    },
  },
};

describe("the TLS of a cluster", () => {
  test.each([
    {
      what: "mTLS",
      given: { transport_socket: tls(mutual) },
      wanted: { mtls: true, sni: "outbound_.8000_._.h", subjectAltNames: ["spiffe://a", "spiffe://b/*"] },
    },
    {
      what: "mTLS per endpoint",
      given: {
        transport_socket_matches: [
          { name: "tlsMode-istio", transport_socket: tls(mutual) },
          { name: "disabled", transport_socket: { name: "raw_buffer" } },
        ],
      },
      wanted: { mtls: true, sni: "outbound_.8000_._.h", subjectAltNames: ["spiffe://a", "spiffe://b/*"] },
    },
    {
      what: "TLS without a client certificate",
      given: { transport_socket: tls({ sni: "x", common_tls_context: {} }) },
      wanted: { mtls: false, sni: "x", subjectAltNames: [] },
    },
    { what: "plaintext", given: {}, wanted: { mtls: false, sni: undefined, subjectAltNames: [] } },
  ])("with $what", ({ given, wanted }) => expect(clusterConfig(given)).toEqual(wanted));
});

const route = (to: string, domain = host) => [
  {
    virtual_hosts: [
      { domains: [domain], routes: [{ route: { cluster: to } }] },
      { domains: ["*"], routes: [{ route: { cluster: "PassthroughCluster" } }] },
    ],
  },
];

const elsewhere = "outbound|80||other";

const routed = (...all: [match: object, to: string][]) => [
  { virtual_hosts: [{ domains: [host], routes: all.map(([match, to]) => ({ match, route: { cluster: to } })) }] },
];

const proxy = (to: string) => [
  {
    address: { socket_address: { port_value: 8000 } },
    filter_chains: [{ filters: [{ typed_config: { cluster: to } }] }],
  },
];

describe("the routes of a cluster", () => {
  test.each([
    { what: "its own virtual host", listeners: [], routes: route(cluster), leads: true },
    { what: "a subset of it", listeners: [], routes: route(`outbound|8000|v1|${host}`), leads: true },
    { what: "a virtual host to elsewhere", listeners: [], routes: route("outbound|80||other"), leads: false },
    { what: "another host's virtual host", listeners: [], routes: route(cluster, "other"), leads: false },
    {
      what: "a canary's header to elsewhere, before the route for all other calls",
      listeners: [],
      routes: routed([{ prefix: "/", headers: [{ name: "canary" }] }, elsewhere], [{ prefix: "/" }, cluster]),
      leads: true,
    },
    {
      what: "a path to elsewhere, before the route for all other calls",
      listeners: [],
      routes: routed([{ prefix: "/v2" }, elsewhere], [{ prefix: "/" }, cluster]),
      leads: true,
    },
    {
      what: "a header of its own, before a route to elsewhere for all other calls",
      listeners: [],
      routes: routed([{ prefix: "/", headers: [{ name: "canary" }] }, cluster], [{ prefix: "/" }, elsewhere]),
      leads: false,
    },
    {
      what: "conditional routes, one of them to it",
      listeners: [],
      routes: routed([{ prefix: "/v1" }, cluster], [{ prefix: "/v2" }, elsewhere]),
      leads: true,
    },
    { what: "a virtual host without routes", listeners: [], routes: routed(), leads: false },
    { what: "a TCP proxy", listeners: proxy(cluster), routes: [], leads: true },
    { what: "a TCP proxy to elsewhere", listeners: proxy("outbound|80||other"), routes: [], leads: false },
  ])("include $what: $leads", ({ listeners, routes, leads }) =>
    expect(routesToCluster(listeners, routes, host, 8000)).toBe(leads),
  );
});

const catchAll = (cluster: string, name = "virtualOutbound") => [
  {
    name,
    filter_chains: [{ filters: [{ typed_config: { cluster: "BlackHoleCluster" } }] }],
    default_filter_chain: { filters: [{ typed_config: { stat_prefix: cluster } }, { typed_config: { cluster } }] },
  },
];

describe("the connections to unknown hosts", () => {
  test.each([
    { what: "REGISTRY_ONLY", listeners: catchAll("BlackHoleCluster"), blocks: true },
    {
      what: "ALLOW_ANY, whose catch-all has a black hole for its own port",
      listeners: catchAll("PassthroughCluster"),
      blocks: false,
    },
    { what: "another listener", listeners: catchAll("BlackHoleCluster", "virtualInbound"), blocks: false },
  ])("are closed by $what: $blocks", ({ listeners, blocks }) => expect(blocksUnknownHosts(listeners)).toBe(blocks));
});

describe("a configuration dump", () => {
  test("gives listeners by port, server names of chains, and resources", () => {
    expect([hasListener(proxy(cluster), 8000), hasListener(proxy(cluster), 80)]).toEqual([true, false]);
    expect(serverNames([{ filter_chains: [{ filter_chain_match: { server_names: ["a", "b"] } }, {}] }])).toEqual([
      "a",
      "b",
    ]);
    expect(
      resourcesOf(
        JSON.stringify({
          configs: [
            { cluster: { name: "c" } },
            { active_state: { listener: { name: "l" } } },
            { route_config: { name: "r" } },
            { secret: { name: "s" } },
          ],
        }),
      ),
    ).toEqual([{ name: "c" }, { name: "l" }, { name: "r" }, { name: "s" }]);
    expect(resourcesOf("")).toEqual([]);
  });
});

describe("the listeners of a dump", () => {
  const at15443 = { name: "0.0.0.0_15443", address: {} };
  const duplicate = "error adding listener '0.0.0.0:15443':\n multiple filter chains\u001b[2J";
  const error_state = {
    failed_configuration: at15443,
    last_update_attempt: "2026-06-01T00:00:00Z",
    details: duplicate,
  };
  const dump = (...configs: object[]) => listenersOf(JSON.stringify({ configs }));

  test("are active, rejected with Envoy's reason, or warming", () => {
    const active_state = { listener: at15443 };
    const others = [
      { name: "0.0.0.0_443", warming_state: { listener: {} } },
      { name: "0.0.0.0_80", warming_state: {}, active_state: { listener: { name: "0.0.0.0_80" } } },
    ];
    expect(dump({ name: "0.0.0.0_15443", active_state, error_state }, { error_state }, ...others)).toEqual({
      active: [at15443, { name: "0.0.0.0_80" }],
      rejected: [
        {
          name: "0.0.0.0_15443",
          details: "error adding listener '0.0.0.0:15443': multiple filter chains\\u{1b}[2J",
          active: true,
        },
      ],
      warming: ["0.0.0.0_443"],
    });
  });

  test("name the rejected configuration and truncate a long reason", () => {
    const [found, ...others] = dump({ error_state: { ...error_state, details: "x".repeat(999) } }).rejected;
    expect(others).toEqual([]);
    expect(found).toEqual({ name: "0.0.0.0_15443", details: `${"x".repeat(300)}..`, active: false });
    expect(dump({ error_state: {} }).rejected).toHaveLength(1);
  });

  test("are none in an empty answer", () =>
    expect([listenersOf(""), dump()]).toEqual(Array(2).fill({ active: [], rejected: [], warming: [] })));
});

describe("a name in a regular expression", () => {
  test("matches only itself", () => {
    for (const text of ["a.b", "a(b", "a|b", "a\\b", "[a]{1}*+?^$"])
      expect(text).toMatch(new RegExp(`^${literally(text)}$`));
    expect("axb").not.toMatch(new RegExp(`^${literally("a.b")}$`));
  });
});

describe("the secrets of a gateway", () => {
  const pem = (text: string) => ({ inline_bytes: Buffer.from(text).toString("base64") });
  const dump = (secrets: object[]) => resourcesOf(JSON.stringify({ configs: secrets.map((secret) => ({ secret })) }));

  test("are its own, not those of its servers", () => {
    const secrets = dump([
      { name: "kubernetes://shop", tls_certificate: { certificate_chain: pem("of a server") } },
      { name: "kubernetes://shop-cacert", validation_context: { trusted_ca: pem("of its clients") } },
      { name: "default", tls_certificate: { certificate_chain: pem("own") } },
      { name: "ROOTCA", validation_context: { trusted_ca: { inline_string: "roots" } } },
    ]);
    expect([ownChain(secrets), trustedRoots(secrets)]).toEqual(["own", "roots"]);
    expect([ownChain([]), trustedRoots(dump([{ name: "ROOTCA" }]))]).toEqual([undefined, undefined]);
  });
});
