import { denySleep } from "../support/denySleep.ts";
import { identity } from "../support/forgery/impostor.ts";
import type { HopName } from "../support/report.ts";
import type { World } from "../support/world.ts";

const host = "httpbin.httpbin.svc.cluster.local";

/** The ServiceEntry of the import, in east. */
export const entry = "serviceentry/import-west-httpbin";

/** An endpoint of that entry. */
export interface EntryEndpoint {
  address: string;
  ports: Record<string, number>;
  network: string;
  locality: string;
}

/** A broken hop, and the report of `verify` with both sides' credentials and with the importer's alone. */
export interface Fault {
  name: string;
  hop: HopName;
  /** Facts in the evidence. */
  evidence: RegExp;
  /** Facts in the remedy: what to change. */
  remedy: RegExp;
  /** The report with the importer's credentials alone, where it differs. */
  own?: { hop: HopName; evidence: RegExp };
  /** Whether the importer alone can only infer it. */
  inferred?: true;
  /** Whether only the soak has it: another fault of the same hop is told apart by the same evidence. */
  soak?: true;
  break: (world: World) => Promise<unknown>;
  repair: (world: World) => Promise<unknown>;
}

type Change = (world: World) => Promise<unknown>;

function patch(mesh: string, namespace: string, object: string, change: unknown): Change {
  return (world) =>
    world.kubectl(mesh, ["patch", "-n", namespace, object, "--type=merge", "-p", JSON.stringify(change)]);
}

const entrySpec = (spec: unknown) => patch("east", "sleep", entry, { spec });
const service = (spec: unknown) => patch("west", "httpbin", "service/httpbin", { spec });
const serviceOf = (app: string) => service({ selector: { app } });
const httpPort = (targetPort: number) =>
  service({ ports: [{ name: "http", port: 8000, targetPort, protocol: "TCP" }] });
const plainRule = {
  apiVersion: "networking.istio.io/v1",
  kind: "DestinationRule",
  metadata: { name: "plain", namespace: "sleep" },
  spec: { host, trafficPolicy: { tls: { mode: "DISABLE" } } },
};
const gatewayHost = (name: string) =>
  patch("west", "istio-system", "gateways.networking.istio.io/export-httpbin", {
    spec: {
      servers: [
        { port: { number: 15443, name: "tls", protocol: "TLS" }, hosts: [name], tls: { mode: "AUTO_PASSTHROUGH" } },
      ],
    },
  });
const gatewayPods = (name: string) =>
  patch("west", "istio-system", "service/istio-eastwestgateway", {
    spec: { selector: { "mesh-federation.dev/gateway": name } },
  });

/** At least one fault per hop, also without those of the soak. `endpoint` is the entry's endpoint without a fault. */
export const faults = (endpoint: EntryEndpoint): Fault[] => [
  {
    name: "the entry is not visible to the client",
    hop: "dns",
    evidence: /does not resolve/,
    remedy: /visibleTo/,
    break: entrySpec({ exportTo: ["istio-system"] }),
    repair: entrySpec({ exportTo: ["sleep"] }),
  },
  {
    name: "a rule of others sends plaintext",
    hop: "listener",
    evidence: /plaintext/,
    remedy: /Remove .* a DestinationRule of others that takes httpbin\.httpbin\.svc\.cluster\.local/,
    break: (world) => world.apply("east", plainRule),
    repair: (world) => world.kubectl("east", ["delete", "-n", "sleep", "destinationrule", "plain"]),
  },
  {
    name: "the gateway's address is stale",
    hop: "endpoint",
    evidence: /192\.0\.2\.77:15443.*west.*\d+\.\d+\.\d+\.\d+:15443/,
    remedy: /up --refresh --stack east/,
    break: entrySpec({ endpoints: [{ ...endpoint, address: "192.0.2.77" }] }),
    repair: entrySpec({ endpoints: [endpoint] }),
  },
  {
    name: "the entry has no endpoint",
    soak: true,
    hop: "endpoint",
    evidence: /no endpoint/,
    remedy: /up --refresh --stack east/,
    break: entrySpec({ endpoints: [] }),
    repair: entrySpec({ endpoints: [endpoint] }),
  },
  {
    name: "the gateway accepts no connections",
    hop: "tcp",
    evidence: /no connection to \d/,
    remedy: /gateway's Service/,
    break: gatewayPods("no-such-gateway"),
    repair: gatewayPods("istio-eastwestgateway"),
  },
  // Another host replaces the exported one, because a gateway without any host does not listen.
  {
    name: "the gateway does not know the name",
    hop: "sni",
    evidence: /no Gateway names the host/,
    remedy: /stack west/,
    own: { hop: "sni", evidence: /not exported/ },
    inferred: true,
    break: gatewayHost("istiod.istio-system.svc.cluster.local"),
    repair: gatewayHost(host),
  },
  {
    name: "another identity is pinned",
    hop: "tls",
    evidence: /ns\/httpbin\/sa\/httpbin.*east.*other-account/,
    remedy: /serviceAccounts/,
    break: entrySpec({ subjectAltNames: [identity.replace(/httpbin$/, "other-account")] }),
    repair: entrySpec({ subjectAltNames: [identity] }),
  },
  {
    name: "the server has a certificate of another root",
    hop: "tls",
    evidence: /root that east trusts/,
    remedy: /share a root/,
    break: serviceOf("foreign"),
    repair: serviceOf("httpbin"),
  },
  {
    name: "the server's certificate has expired",
    soak: true,
    hop: "tls",
    evidence: /expired on/,
    remedy: /renew/,
    break: serviceOf("expired"),
    repair: serviceOf("httpbin"),
  },
  {
    name: "a policy denies the caller",
    hop: "authorization",
    evidence: /sleep\/sleep/,
    remedy: /DENY httpbin\/no-sleep in west/,
    own: { hop: "authorization", evidence: /RBAC: access denied/ },
    inferred: true,
    break: (world) => world.apply("west", denySleep),
    repair: (world) => world.kubectl("west", ["delete", "-n", "httpbin", "authorizationpolicy", "no-sleep"]),
  },
  {
    name: "the service has no pod",
    hop: "target",
    evidence: /\b0 pods/,
    remedy: /west/,
    own: { hop: "sni", evidence: /not exported/ },
    inferred: true,
    break: serviceOf("no-such-app"),
    repair: serviceOf("httpbin"),
  },
  {
    name: "the application accepts no connections",
    soak: true,
    hop: "target",
    evidence: /503, expected 200/,
    remedy: /target port/,
    inferred: true,
    break: httpPort(8081),
    repair: httpPort(8080),
  },
];
