import { liveFindings } from "../../../federation/checks/liveChecks.ts";
import type { LiveCluster, LivePod, LivePort, LiveService } from "../../../federation/checks/liveCluster.ts";
import { anExport, anImport, contract, identity, resolved } from "./fixtures.ts";

const where = { rootNamespace: "istio-system", gatewayNamespace: "istio-gateways" };
const http = { name: "http", number: 8000, protocol: "HTTP" };
const pod = (more: Partial<LivePod> = {}): LivePod => ({
  name: "httpbin-0",
  ports: [{ name: "web", number: 8080 }],
  proxy: "sidecar",
  named: false,
  ...more,
});

function live(service: Partial<LiveService>, pods: LivePod[] = [pod()]): LiveCluster {
  const ports: LivePort[] = [{ name: "http", number: 8000, targetPort: 8080 }];
  const whole: LiveService = { namespace: "httpbin", name: "httpbin", ports, selector: { app: "httpbin" }, ...service };
  return {
    services: [whole],
    rules: [],
    entries: [],
    accounts: new Map(),
    pods: new Map([["httpbin", pods]]),
    unread: [],
  };
}

function findings(cluster: LiveCluster, more: Record<string, unknown> = {}) {
  return liveFindings({ imports: [], exports: [{ spec: anExport(more) }], identity: identity("west") }, cluster, where);
}

/** A Service whose ports have these protocols, with the number of the export's port. */
const portsOf = (...protocols: string[]): LivePort[] =>
  protocols.map((protocol) => ({ name: `http-${protocol.toLowerCase()}`, number: 8000, targetPort: 8080, protocol }));

describe("the Service of an export", () => {
  test.each<{ what: string; service: Partial<LiveService>; code: string; says: RegExp }>([
    {
      what: "an ExternalName",
      service: { kind: "external", ports: [], selector: {} },
      code: "live-service-external",
      says: /httpbin\/httpbin is an ExternalName.*calls from east fail; callers in this mesh are not affected/,
    },
    ...["~", ".", "shop", "shop,other"].map((list) => ({
      what: `hidden by exportTo ${list}`,
      service: { exportTo: list.split(",") },
      code: "live-service-hidden",
      says: /exportTo .*hides it from the gateway's namespace istio-gateways, so calls from east fail/,
    })),
    {
      what: "for UDP at the port",
      service: { ports: portsOf("UDP") },
      code: "live-port-missing",
      says: /port 8000 of the Service httpbin\/httpbin is UDP only/,
    },
    {
      what: "for SCTP at the port",
      service: { ports: portsOf("SCTP") },
      code: "live-port-missing",
      says: /is SCTP only/,
    },
    {
      what: "for TCP and SCTP at one number",
      service: { ports: portsOf("SCTP", "TCP") },
      code: "live-port-doubled",
      says: /port 8000 for TCP and for SCTP.*Envoy rejects/,
    },
  ])("is refused where it is $what", ({ service, code, says }) => {
    const { problems } = findings(live(service));
    expect(problems).toEqual([expect.objectContaining({ code, problem: expect.stringMatching(says) })]);
    const neutral = { host: "bin.mesh.global", selector: { app: "httpbin" }, ports: [{ ...http, targetPort: 8080 }] };
    if (service.kind !== "external") expect(findings(live(service), neutral).problems).toEqual([]);
  });

  test.each<{ what: string; service: Partial<LiveService> }>([
    { what: "shown to all beside a hint to hide it", service: { exportTo: ["~", "*"] } },
    { what: "shown to the gateway's namespace", service: { exportTo: ["shop", "istio-gateways"] } },
    { what: "for UDP and TCP at one number", service: { ports: portsOf("UDP", "TCP") } },
    { what: "headless", service: { kind: "headless" } },
  ])("is accepted where it is $what", ({ service }) => {
    expect(findings(live(service))).toEqual({ problems: [], warnings: [] });
  });

  test.each<{ what: string; service: Partial<LiveService>; pods?: LivePod[]; code: string; says: RegExp }>([
    {
      what: "headless for a StatefulSet",
      service: { kind: "headless" },
      pods: [pod({ named: true })],
      code: "live-service-headless",
      says: /names of their own \(httpbin-0\.httpbin\).*calls from east go to any of the pods/,
    },
    {
      what: "local to a node",
      service: { nodeLocal: true },
      code: "live-service-node-local",
      says: /internalTrafficPolicy Local/,
    },
    {
      what: "without a selector",
      service: { selector: {} },
      code: "live-service-selector-missing",
      says: /no selector/,
    },
  ])("is warned of where it is $what", ({ service, pods, code, says }) => {
    const { problems, warnings } = findings(live(service, pods));
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.objectContaining({ code, problem: expect.stringMatching(says) })]);
  });
});

describe("the protocol of an exported port", () => {
  test.each<{ exported: string; service: Partial<LivePort>; says?: RegExp }>([
    { exported: "HTTP", service: { name: "grpc-web" }, says: /HTTP, but by its name "grpc-web".*for HTTP\/2/ },
    { exported: "HTTP", service: { appProtocol: "grpc" }, says: /by its appProtocol "grpc".*become HTTP\/1\.1/ },
    { exported: "HTTP", service: { appProtocol: "kubernetes.io/h2c" }, says: /for HTTP\/2/ },
    { exported: "GRPC", service: { name: "HTTP-api" }, says: /takes it for HTTP\/1\.1/ },
    { exported: "GRPC", service: { name: "grpc", appProtocol: "http" }, says: /appProtocol "http"/ },
    { exported: "HTTP", service: { name: "tcp-api" }, says: /policies for HTTP do not act/ },
    { exported: "HTTP", service: { appProtocol: "https" }, says: /takes it for TCP/ },
    { exported: "GRPC", service: { name: "h2c", appProtocol: "kubernetes.io/h2c" } },
    { exported: "HTTP2", service: { name: "tcp", appProtocol: "grpc" } },
    { exported: "HTTP", service: { name: "grpcx" } },
    { exported: "HTTP", service: { name: "grpc", appProtocol: "example.com/own" } },
    { exported: "TCP", service: { name: "mongo" } },
    { exported: "TLS", service: { name: "https" } },
  ])("$exported is compared with $service of the Service", ({ exported, service, says }) => {
    const ports = [{ name: "api", number: 8000, targetPort: 8080, ...service }];
    const { warnings } = findings(live({ ports }), { ports: [{ ...http, protocol: exported }] });
    const warning = { code: "live-port-protocol", problem: expect.stringMatching(says ?? "") };
    expect(warnings).toEqual(says ? [expect.objectContaining(warning)] : []);
  });

  test("is that of the pods' port for a mesh-neutral host", () => {
    const neutral = { host: "bin.mesh.global", selector: { app: "httpbin" } };
    const { warnings } = findings(live({ ports: [{ name: "grpc", number: 9000, targetPort: "web" }] }), {
      ...neutral,
      ports: [{ ...http, number: 80, targetPort: 8080 }],
    });
    expect(warnings).toMatchObject([{ code: "live-port-protocol" }]);
  });
});

describe("a port of a mesh-neutral host", () => {
  const neutral = { host: "bin.mesh.global", selector: { app: "httpbin" } };
  const warned = (targetPort: number | string, pods: LivePod[]) =>
    findings(live({ ports: [{ name: "http", number: 8000, targetPort }] }, pods), neutral).warnings.map((w) => w.code);

  test.each<{ what: string; targetPort: number | string; pods: LivePod[]; codes: string[] }>([
    { what: "of the Service is another", targetPort: 8080, pods: [pod()], codes: ["live-target-port-unserved"] },
    { what: "of the Service has a name", targetPort: "web", pods: [pod()], codes: ["live-target-port-unserved"] },
    { what: "of the Service has a name that no pod knows", targetPort: "x", pods: [pod()], codes: [] },
    { what: "is declared by a container", targetPort: 8080, pods: [pod({ ports: [{ number: 8000 }] })], codes: [] },
    { what: "is the Service's", targetPort: 8000, pods: [pod()], codes: [] },
  ])("is compared where the pods' port $what", ({ targetPort, pods, codes }) => {
    expect(warned(targetPort, pods)).toEqual(codes);
  });
});

describe("a blended import beside a local Service", () => {
  test("is compared with its TCP ports only", () => {
    const west = contract("west", [anExport({ ports: [{ name: "dns-tcp", number: 53, protocol: "TCP" }] })]);
    const spec = resolved(anImport({ blend: { labels: { app: "httpbin" } }, visibleTo: ["*"] }), west);
    const ports = [
      { name: "dns", number: 53, targetPort: 53, protocol: "UDP" },
      { name: "dns-tcp", number: 53, targetPort: 53, protocol: "TCP" },
      { name: "syslog", number: 514, targetPort: 514, protocol: "UDP" },
    ];
    const plan = { imports: [spec], exports: [], identity: identity("east") };
    expect(liveFindings(plan, live({ ports }), where).problems).toEqual([]);
  });
});
