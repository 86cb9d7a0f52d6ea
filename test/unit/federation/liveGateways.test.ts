import { gatewayProblems, gatewayWarnings } from "../../../federation/checks/liveGateways.ts";
import { anExport, anImport, contract, identity, resolved } from "./fixtures.ts";

const labels = { "mesh-federation.dev/gateway": "istio-eastwestgateway" };
const gateway = { namespace: "istio-system", labels, existing: false };
const plan = { imports: [], exports: [{ spec: anExport() }], identity: identity("west") };
const other = (hosts: string[], more: object = {}) => ({
  namespace: "istio-system",
  name: "cross-network-gateway",
  selector: labels,
  servers: [{ port: 15443, hosts }],
  ...more,
});
const codes = (findings: readonly { code: string }[]) => findings.map(({ code }) => code);

describe("another Gateway on the gateway's pods", () => {
  test.each(["*.local", "*", "httpbin.httpbin.svc.cluster.local", "*/*.local", "httpbin/*.svc.cluster.local"])(
    "is refused with host %s",
    (host) => {
      const live = { pods: [{ labels: { ...labels, pod: "a" } }], objects: [other([host])] };
      expect(codes(gatewayProblems(plan, live, gateway))).toEqual(["live-gateway-overlap"]);
    },
  );

  test.each([
    { what: "other hosts", object: other(["*.example", "cart.shop.svc.cluster.local"]) },
    { what: "another port", object: other([], { servers: [{ port: 443, hosts: ["*"] }] }) },
    { what: "other pods", object: other(["*.local"], { selector: { istio: "eastwestgateway" } }) },
  ])("is accepted with $what", ({ object }) => {
    expect(gatewayProblems(plan, { pods: [{ labels }], objects: [object] }, gateway)).toEqual([]);
  });

  test("is refused before the first pod exists, and without a selector", () => {
    expect(codes(gatewayProblems(plan, { pods: [], objects: [other(["*.local"])] }, gateway))).toHaveLength(1);
    expect(codes(gatewayProblems(plan, { pods: [], objects: [other(["*"], { selector: {} })] }, gateway))).toHaveLength(
      1,
    );
  });
});

describe("an existing gateway", () => {
  const existing = { ...gateway, existing: true };
  const blended = resolved(
    anImport({ visibleTo: ["*"], blend: { labels: { app: "httpbin" } } }),
    contract("west", [anExport()]),
  );
  const importing = { ...plan, identity: identity("east"), imports: [blended] };
  const seen = (networkView?: string) => ({ pods: [{ labels, networkView }], objects: [] });

  test("must see only its own network where an import is blended", () => {
    expect(codes(gatewayProblems(importing, seen(), existing))).toEqual(["live-gateway-network-view"]);
    expect(codes(gatewayProblems(importing, seen("network-west"), existing))).toHaveLength(1);
    expect(gatewayProblems(importing, seen("network-east"), existing)).toEqual([]);
    expect(gatewayProblems(plan, seen(), existing)).toEqual([]);
  });

  test("whose labels no pod has is a warning", () => {
    expect(codes(gatewayWarnings(plan, { pods: [], objects: [] }, existing))).toEqual(["live-gateway-missing"]);
    expect(gatewayWarnings(plan, { pods: [], objects: [] }, gateway)).toEqual([]);
    expect(gatewayWarnings(plan, seen(), existing)).toEqual([]);
  });
});
