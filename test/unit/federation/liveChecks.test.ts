import { liveFindings, servicesInvolved } from "../../../federation/checks/liveChecks.ts";
import type { LiveCluster, LiveObject, LiveService } from "../../../federation/checks/liveCluster.ts";
import { findingText } from "../../../federation/errors/userError.ts";
import { anExport, anImport, contract, identity, resolved } from "./fixtures.ts";

const host = "httpbin.httpbin.svc.cluster.local";
const service: LiveService = {
  namespace: "httpbin",
  name: "httpbin",
  ports: [{ name: "http", number: 8000, targetPort: 8080 }],
  selector: { app: "httpbin" },
};
const object = (more: Partial<LiveObject> = {}): LiveObject => ({
  namespace: "sleep",
  name: "theirs",
  hosts: [host],
  exportTo: [],
  subsets: [],
  ...more,
});
const http = { name: "http", number: 8000, protocol: "HTTP" };
const live = (more: Partial<LiveCluster> = {}): LiveCluster => ({
  services: [],
  rules: [],
  entries: [],
  accounts: new Map(),
  unread: [],
  ...more,
});
const where = { rootNamespace: "istio-system", gatewayNamespace: "istio-system" };
const west = contract("west", [anExport()]);

const ofImport = (more: Record<string, unknown>, cluster: LiveCluster) =>
  liveFindings({ imports: [resolved(anImport(more), west)], exports: [], identity: identity("east") }, cluster, where);
const ofExport = (more: Record<string, unknown>, cluster: LiveCluster) =>
  liveFindings({ imports: [], exports: [{ spec: anExport(more) }], identity: identity("west") }, cluster, where);

describe("the live checks of an import", () => {
  test("pass in an empty cluster and ask for the host's Service", () => {
    const spec = resolved(anImport(), west);
    expect(ofImport({}, live()).problems).toEqual([]);
    expect(servicesInvolved({ imports: [spec], exports: [], identity: identity("east") })).toEqual([
      { namespace: "httpbin", name: "httpbin" },
    ]);
  });

  test.each([
    {
      name: "a local Service of its name",
      cluster: live({ services: [service] }),
      says: /local Service httpbin\/httpbin.*blend.*\(as\).*\[live-service-conflict\]/,
    },
    {
      name: "a DestinationRule in the client's namespace",
      cluster: live({ rules: [object()] }),
      says: /DestinationRule sleep\/theirs .*\[live-rule-conflict\]/,
    },
    {
      name: "a mesh-wide DestinationRule",
      cluster: live({ rules: [object({ namespace: "istio-system" })] }),
      says: /DestinationRule istio-system\/theirs .*\[live-rule-conflict\]/,
    },
    {
      name: "another ServiceEntry that clients see",
      cluster: live({ entries: [object({ namespace: "far", exportTo: ["sleep"] })] }),
      says: /ServiceEntry far\/theirs .*\[live-entry-conflict\]/,
    },
  ])("report a clash with $name", ({ cluster, says }) => {
    expect(ofImport({}, cluster).problems.map(findingText)).toEqual([expect.stringMatching(says)]);
    expect(ofImport({ as: "httpbin.west.global" }, cluster).problems).toEqual([]);
  });

  test("name the keys to use instead of a DestinationRule", () => {
    expect(ofImport({}, live({ rules: [object()] })).problems[0]!.remedy).toMatch(
      /connectionPool, loadBalancer or outlierDetection/,
    );
  });

  test("report another VirtualService only where the import has one", () => {
    const cluster = live({ virtualServices: [object({ namespace: "far" }), object({ exportTo: ["far"] })] });
    expect(ofImport({}, cluster).problems).toEqual([]);
    expect(ofImport({ timeout: "10s" }, cluster).problems.map(findingText)).toEqual([
      expect.stringMatching(/VirtualService far\/theirs .*\[live-route-conflict\]/),
    ]);
  });

  test("ignore objects that clients do not see", () => {
    expect(
      ofImport(
        {},
        live({
          rules: [object({ namespace: "far" }), object({ namespace: "istio-system", exportTo: ["."] })],
          entries: [object({ namespace: "far", exportTo: ["."] })],
        }),
      ).problems,
    ).toEqual([]);
  });

  test.each<{ name: string; services: LiveService[]; says?: RegExp }>([
    { name: "its Service", services: [service] },
    { name: "no Service", services: [], says: /no local Service httpbin\/httpbin.*\[live-service-missing\]/ },
    {
      name: "another selector",
      services: [{ ...service, selector: { app: "other" } }],
      says: /\{app: other\} .*\{app: httpbin\}.*\[live-selector-mismatch\]/,
    },
    {
      name: "a port more",
      services: [{ ...service, ports: [...service.ports, { name: "x", number: 9000, targetPort: 9000 }] }],
      says: /has port 9000, which the peer does not export.*\[live-port-missing\]/,
    },
    {
      name: "another port name",
      services: [{ ...service, ports: [{ name: "web", number: 8000, targetPort: 8080 }] }],
      says: /port 8000 is named "web" in the local Service and "http" in the export.*\[live-port-name\]/,
    },
    {
      name: "a named target port",
      services: [{ ...service, ports: [{ name: "http", number: 8000, targetPort: "web" }] }],
      says: /port 8000 is named "web" in the local Service.*\[live-port-name\]/,
    },
  ])("of a blended import with $name", ({ services, says }) => {
    const { problems } = ofImport({ blend: { labels: { app: "httpbin" } }, visibleTo: ["*"] }, live({ services }));
    expect(problems.map(findingText)).toEqual(says ? [expect.stringMatching(says)] : []);
  });
});

describe("the live checks of an export", () => {
  test.each([
    {
      name: "the Service lacks its port",
      more: { ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }] },
      says: /Service httpbin\/httpbin has no port 9000; it has 8000.*\[live-port-missing\]/,
    },
    {
      name: "the selector is not the Service's",
      more: { selector: { app: "other" } },
      says: /selector \{app: other\} .*\{app: httpbin\}.*\[live-selector-mismatch\]/,
    },
    {
      name: "an owner's rule exists next to the one for its subsets",
      more: { subsets: [{ name: "v1", labels: { version: "v1" } }] },
      rules: [object({ namespace: "httpbin" })],
      says: /DestinationRule httpbin\/theirs .*\[live-rule-conflict\]/,
    },
    {
      name: "no rule has a subset without labels",
      more: { subsets: [{ name: "v1" }] },
      rules: [object({ namespace: "httpbin" })],
      says: /subset "v1" has no labels, and no DestinationRule.*\[live-subset-missing\]/,
    },
  ])("fail where $name", ({ more, rules, says }) => {
    const { problems } = ofExport(more, live({ services: [service], rules: rules ?? [] }));
    expect(problems.map(findingText)).toEqual([expect.stringMatching(says)]);
  });

  test("accept a subset without labels with the owner's DestinationRule", () => {
    expect(
      ofExport(
        { subsets: [{ name: "v1" }] },
        live({ services: [service], rules: [object({ namespace: "httpbin", subsets: ["v1"] })] }),
      ),
    ).toEqual({ problems: [], warnings: [] });
  });

  test("name undeclared accounts and a missing Service", () => {
    const accounts = new Map([["httpbin", ["canary", "httpbin"]]]);
    expect(ofExport({}, live({ services: [service], accounts })).warnings).toMatchObject([
      { code: "live-account-undeclared", problem: expect.stringMatching(/"canary".*serviceAccounts \(httpbin\)/) },
    ]);
    expect(
      ofExport({ serviceAccounts: ["httpbin", "canary"] }, live({ services: [service], accounts })).warnings,
    ).toEqual([]);
    expect(ofExport({}, live()).warnings).toMatchObject([
      { code: "live-service-missing", problem: expect.stringMatching(/no Service httpbin\/httpbin/) },
    ]);
  });
});
