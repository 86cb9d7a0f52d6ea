/** An edit of one object's spec in a cluster, and how it is reported. */
export interface EditCase {
  what: string;
  /** `Kind namespace/name`. */
  of: string;
  edit: (spec: Record<string, any>) => void;
  says: RegExp;
}

/** Edits of exporting objects and of the mesh-wide policy. */
export const exportEdits: EditCase[] = [
  {
    what: "an added caller",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => s["rules"][0].from[0].source.notPrincipals.push("west.local/ns/evil/sa/evil"),
    says: /: rules\.from\.source\.notPrincipals is .*evil.*, and should be west\.local\/ns\/shop\/sa\/cart, west\.local\/ns\/shop\/sa\/till: `pulumi up --refresh`$/,
  },
  {
    what: "a policy limited to a port",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => (s["rules"][0].to = [{ operation: { ports: ["1"] } }]),
    says: /: rules\.to is \[\{operation: \{ports: \[1\]\}\}\], and should be none/,
  },
  {
    what: "a policy with a condition",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => (s["rules"][0].when = [{ key: "request.headers[x]", values: ["y"] }]),
    says: /: rules\.when is .*request\.headers.* should be none/,
  },
  {
    what: "a policy for other pods",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => (s["selector"].matchLabels.app = "other"),
    says: /: selector\.matchLabels\.app is other, and should be api/,
  },
  {
    what: "a policy without rules",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => delete s["rules"],
    says: /: rules is none, and should be \[\{/,
  },
  {
    what: "a policy that only audits",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => (s["action"] = "AUDIT"),
    says: /: action is AUDIT, and should be DENY/,
  },
  {
    what: "a missing rule for a foreign domain",
    of: "AuthorizationPolicy httpbin/export-all",
    edit: (s) => s["rules"].pop(),
    says: /: rules lacks \{from: .*foreign\.local/,
  },
  {
    what: "an empty rule, which denies all callers",
    of: "AuthorizationPolicy httpbin/export-open",
    edit: (s) => s["rules"].push({}),
    says: /: rules has \{\}, which the stack did not create/,
  },
  {
    what: "another SNI in the policy of a mesh-neutral host",
    of: "AuthorizationPolicy httpbin/export-neutral",
    edit: (s) => s["rules"].find((r: any) => r.when).when[0].values.push("x"),
    says: /: rules\.when\[?.*values is .*x, and should be \*_\.neutral\.mesh\.global/,
  },
  {
    what: "another host at the gateway",
    of: "Gateway istio-system/export-api",
    edit: (s) => s["servers"][0].hosts.push("*.local"),
    says: /: servers\[15443\]\.hosts is \*\.local, api\.api\.svc\.cluster\.local, and should be api\.api/,
  },
  {
    what: "another server at the gateway",
    of: "Gateway istio-system/export-api",
    edit: (s) => s["servers"].push({ port: { number: 443 }, hosts: ["*"] }),
    says: /: servers has \{hosts: \[\*\], port: \{number: 443\}\}, which the stack did not create/,
  },
  {
    what: "the pods of another gateway",
    of: "Gateway istio-system/export-api",
    edit: (s) => (s["selector"].istio = "ingress"),
    says: /: selector\.istio is ingress/,
  },
  {
    what: "a mesh-neutral host that is visible everywhere",
    of: "ServiceEntry httpbin/export-neutral",
    edit: (s) => delete s["exportTo"],
    says: /: exportTo is none, and should be istio-system/,
  },
  {
    what: "other labels of a subset",
    of: "DestinationRule httpbin/export-all",
    edit: (s) => (s["subsets"][1].labels.version = "v3"),
    says: /: subsets\[v2\]\.labels\.version is v3, and should be v2/,
  },
];

/** Edits of importing objects. */
export const importEdits: EditCase[] = [
  {
    what: "a port of another protocol",
    of: "ServiceEntry shop/import-i1",
    edit: (s) => (s["ports"][0].protocol = "TCP"),
    says: /: ports\[http\]\.protocol is TCP, and should be HTTP/,
  },
  {
    what: "other subjectAltNames",
    of: "ServiceEntry sleep/import-i0",
    edit: (s) => (s["subjectAltNames"] = ["z"]),
    says: /: subjectAltNames is z, and should be spiffe:/,
  },
  {
    what: "an endpoint at another port",
    of: "ServiceEntry sleep/import-i0",
    edit: (s) => (s["endpoints"].find((e: any) => e.address === "2001:db8::1").ports.http = 443),
    says: /: endpoints\[2001:db8::1\]\.ports\.http is 443, and should be 31443/,
  },
  {
    what: "an endpoint at another address",
    of: "ServiceEntry shop/import-i1",
    edit: (s) => (s["endpoints"][0].address = "192.0.2.9"),
    says: /: endpoints\.address is 192\.0\.2\.9, and should be 172\.18\.128\.4/,
  },
  {
    what: "a rule for another host",
    of: "DestinationRule shop/import-i1",
    edit: (s) => (s["host"] = "x"),
    says: /: host is x, and should be wide\.mesh\.global/,
  },
  {
    what: "plaintext",
    of: "DestinationRule sleep/import-i0",
    edit: (s) => (s["trafficPolicy"].tls.mode = "DISABLE"),
    says: /: trafficPolicy\.tls\.mode is DISABLE, and should be ISTIO_MUTUAL/,
  },
  {
    what: "another SNI",
    of: "DestinationRule shop/import-i1",
    edit: (s) => (s["trafficPolicy"].portLevelSettings[1].tls.sni = "y"),
    says: /: trafficPolicy\.portLevelSettings\[9000\]\.tls\.sni is y, /,
  },
  {
    what: "another SNI of a subset",
    of: "DestinationRule shop/import-i1",
    edit: (s) => delete s["subsets"][0].trafficPolicy,
    says: /: subsets\[v1\]\.trafficPolicy is none, and should be .*outbound_\.8000_\.v1_/,
  },
  {
    what: "a rule that is visible everywhere",
    of: "DestinationRule sleep/import-i0",
    edit: (s) => delete s["exportTo"],
    says: /: exportTo is none, and should be sleep/,
  },
  {
    what: "an added TLS setting of a blended rule",
    of: "DestinationRule httpbin/import-i2",
    edit: (s) => (s["trafficPolicy"].tls = { mode: "SIMPLE" }),
    says: /: trafficPolicy\.tls is \{mode: SIMPLE\}, and should be none: remove the added field with `kubectl edit`/,
  },
  {
    what: "no ejection",
    of: "DestinationRule httpbin/import-i2",
    edit: (s) => (s["trafficPolicy"].outlierDetection.consecutiveGatewayErrors = 0),
    says: /consecutiveGatewayErrors is 0, and should be 3/,
  },
  {
    what: "a blended endpoint at another address",
    of: "WorkloadEntry httpbin/import-i2-0-0",
    edit: (s) => (s["address"] = "192.0.2.9"),
    says: /: address is 192\.0\.2\.9, and should be/,
  },
  {
    what: "a blended endpoint of another account",
    of: "WorkloadEntry httpbin/import-i2-0-1",
    edit: (s) => (s["serviceAccount"] = "z"),
    says: /: serviceAccount is z, and should be b/,
  },
  {
    what: "a blended endpoint without its network",
    of: "WorkloadEntry httpbin/import-i2-0-0",
    edit: (s) => delete s["network"],
    says: /: network is none, and should be peer-wide/,
  },
  {
    what: "plaintext in the mesh",
    of: "PeerAuthentication istio-system/default",
    edit: (s) => (s["mtls"].mode = "PERMISSIVE"),
    says: /: mtls\.mode is PERMISSIVE, and should be STRICT/,
  },
  {
    what: "a blended endpoint in plaintext",
    of: "WorkloadEntry httpbin/import-i2-0-0",
    edit: (s) => (s["labels"]["security.istio.io/tlsMode"] = "disabled"),
    says: /: labels\.security\.istio\.io\/tlsMode is disabled/,
  },
];
