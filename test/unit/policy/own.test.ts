import { exportLabel, publicAnnotation } from "../../../policy/names.ts";
import { rules } from "../../../policy/rules.ts";
import type { Resource } from "../../../policy/rule.ts";
import { exportGateway, exportServiceEntry } from "../../../federation/exports/exportObjects.ts";
import { exportPolicy } from "../../../federation/exports/exportPolicy.ts";
import { gatewayService } from "../../../federation/cluster/gatewayService.ts";
import {
  importDestinationRule,
  importServiceEntry,
  importWorkloadEntries,
} from "../../../federation/imports/importObjects.ts";
import { signIntermediate, trustAnchor } from "../../../federation/trust/constrainedCa.ts";
import type { TrustDomains } from "../../../federation/trust/trustDomains.ts";
import { makeRequest, makeRoot } from "../../support/pki.ts";
import { cacerts, istio } from "./examples/trust.ts";
import { anExport, anImport, contract, resolved } from "../federation/fixtures.ts";
import { federationLabels, publicAnnotation as written } from "../../../federation/objects/labels.ts";

const gateway = {
  name: "gateway",
  namespace: "istio-system",
  network: "network-west",
  labels: { istio: "eastwestgateway" },
};
const managed = {
  ...gateway,
  revision: "",
  proxyVersion: "",
  port: 15443,
  profile: "production" as const,
  values: {},
};
const selector = { app: "httpbin" };
const callers = ["sleep/sleep"];
const shared: TrustDomains = { own: "cluster.local", ofMeshes: new Map([["east", "cluster.local"]]) };
const distinct: TrustDomains = { own: "west.local", ofMeshes: new Map([["east", "east.local"]]) };
/** An export's objects, as resources of a stack that does not hold the Service. */
function objectsOf(more: Record<string, unknown>, domains: TrustDomains): Resource[] {
  const spec = anExport({ selector, ...more }, domains.own);
  const kinds = {
    "networking.istio.io/v1:Gateway": exportGateway(gateway, spec),
    "networking.istio.io/v1:ServiceEntry": exportServiceEntry(gateway, spec),
    "security.istio.io/v1:AuthorizationPolicy": exportPolicy(spec, domains, []),
  };
  return Object.entries(kinds).flatMap(([kind, props]) =>
    props ? [{ type: `kubernetes:${kind}`, name: spec.name, props }] : [],
  );
}

describe("the policy pack and the federation", () => {
  // The pack stands by itself, so it has these names of its own.
  test("have the same names of exports", () => {
    expect([publicAnnotation, exportLabel]).toEqual([
      written,
      Object.keys(federationLabels("export", "x")).find((k) => k.endsWith("/export")),
    ]);
  });

  test.each<[string, Record<string, unknown>, TrustDomains]>([
    ["a peer's trust domain", { callers }, distinct],
    [
      "everyone, on the declared pod ports",
      {
        callers,
        callersApplyTo: "everyone",
        ports: [{ name: "http", number: 8000, protocol: "HTTP", targetPort: 8080 }],
      },
      shared,
    ],
    ["by the SNI of a mesh-neutral host", { callers, host: "httpbin.mesh.global" }, shared],
    ["public", { public: true }, shared],
  ])("agree on an export with callers: %s", (_, more, domains) => {
    expect(rules.flatMap((rule) => rule.check(objectsOf(more, domains)).map((v) => v.message))).toEqual([]);
  });

  test("agree on the CA of a mesh, and on the anchor of a peer's root", async () => {
    const [shared, other] = [await makeRoot("shared"), await makeRoot("other", { kind: "ec" })];
    const { requestPem } = await makeRequest("west");
    const dates = { notBefore: new Date(), notAfter: new Date(Date.now() + 3_600_000) };
    const ca = await signIntermediate({ requestPem, issuer: shared, trustDomain: "west.local", ...dates });
    const anchor = await trustAnchor({
      rootPem: other.certPem,
      trustDomain: "east.local",
      issuerName: "anchor of west",
      keyPem: shared.keyPem,
    });
    const objects = (pem: string) => [cacerts(ca, ca + shared.certPem), istio(pem)];
    const { check } = rules.find(({ name }) => name === "trust-is-bound")!;
    expect(check(objects(anchor))).toEqual([]);
    expect(check(objects(other.certPem))).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>]>([
    ["as the exporter knows it, without a DestinationRule", {}],
    ["as the exporter knows it, with one", { connectionPool: { tcp: { maxConnections: 1 } } }],
    ["under another host", { as: "web.mesh.global" }],
    ["blended", { blend: { labels: { app: "httpbin" } }, visibleTo: ["*"] }],
  ])("agree on an import %s", (_, more) => {
    const spec = resolved(anImport(more), contract("west", [anExport()]));
    const objects = [
      ["networking.istio.io/v1:ServiceEntry", importServiceEntry(spec)],
      ["networking.istio.io/v1:DestinationRule", importDestinationRule(spec)],
      ...importWorkloadEntries(spec).map((w) => ["networking.istio.io/v1:WorkloadEntry", w] as const),
    ] as const;
    const resources = objects.flatMap(([kind, props]): Resource[] =>
      props ? [{ type: `kubernetes:${kind}`, name: "import", props }] : [],
    );
    expect(resources.length).toBe((spec.hasRule ? 1 : 0) + 1);
    expect(rules.flatMap((rule) => rule.check(resources).map((v) => v.message))).toEqual([]);
  });

  test("agree on the east-west gateway's Service", () => {
    expect(
      rules.flatMap((rule) =>
        rule.check([{ type: "kubernetes:core/v1:Service", name: "gateway", props: gatewayService(managed) }]),
      ),
    ).toEqual([]);
  });

  test("find an export without callers", () => {
    expect(rules.flatMap((rule) => rule.check(objectsOf({}, distinct)).map((v) => v.message))).toEqual([
      expect.stringMatching(/to every caller/),
    ]);
  });
});
