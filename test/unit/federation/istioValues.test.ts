import { rootNamespaceOf } from "../../../federation/cluster/istioValueConflicts.ts";
import { istiodValues } from "../../../federation/cluster/istioValues.ts";
import { readMeshConfig, type MeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { UserError, type Finding } from "../../../federation/errors/userError.ts";

const read = (values: unknown): MeshConfig =>
  readMeshConfig(
    {
      mesh: { name: "east", trustDomain: "east.local", acceptedTrustDomains: ["west.local"] },
      cluster: { provider: "existing", kubeconfigPath: "x" },
      istio: { provider: "managed", values },
    },
    "east",
    releaseSources,
  );

/** What is refused of a mesh with these values. */
function refused(values: unknown): readonly Finding[] {
  try {
    read(values);
    return [];
  } catch (error) {
    if (error instanceof UserError && error.code === "config-invalid") return error.details;
    throw error;
  }
}

/** A mapping with one value, at a path. */
const at = (path: string, value: unknown): unknown =>
  path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);

describe("istio.values that contradict what is published", () => {
  test.each([
    { path: "meshConfig.trustDomain", value: "other", says: /"other", but mesh\.trustDomain is "east\.local"/ },
    { path: "meshConfig.trustDomain", value: null, says: /null, but mesh\.trustDomain/ },
    { path: "global.meshID", value: "other", says: /"other", but mesh\.meshId is "east-mesh"/ },
    { path: "global.network", value: "other", says: /"other", but mesh\.network is "network-east"/ },
    { path: "global.multiCluster.clusterName", value: "other", says: /"other", but mesh\.cluster is "east"/ },
    { path: "global.istioNamespace", value: "other", says: /"other", but .*"istio-system"/ },
    {
      path: "meshConfig.trustDomainAliases",
      value: ["west.local"],
      says: /identities of another trust domain count as this mesh's own/,
    },
    { path: "revision", value: "canary", says: /"canary", but istio\.revision is not set/ },
  ])("$path of $value", ({ path, value, says }) => {
    expect(refused(at(path, value))).toEqual([
      {
        code: "istio-values-conflict",
        subject: `istio.values.${path}`,
        problem: expect.stringMatching(says),
        remedy: expect.stringMatching(/[Rr]emove the value/),
      },
    ]);
  });
});

describe("istio.values that would replace what is published", () => {
  test.each([
    { path: "meshConfig", value: null },
    { path: "global", value: "x" },
    { path: "global.multiCluster", value: [] },
    { path: "meshConfig.caCertificates", value: { pem: "SECRET" } },
    { path: "meshConfig.caCertificates.0", value: ["SECRET"], values: at("meshConfig.caCertificates", [["SECRET"]]) },
    {
      path: "meshConfig.caCertificates.0.trustDomains",
      values: at("meshConfig.caCertificates", [{ pem: "SECRET", trustDomains: ["spiffe://x"] }]),
    },
    { path: "meshConfig.rootNamespace", value: "Root/1" },
  ])("$path", ({ path, value, values = at(path, value) }) => {
    const found = refused(values);
    expect(found).toMatchObject([{ code: "config-value-invalid", subject: `istio.values.${path}` }]);
    expect(JSON.stringify(found)).not.toContain("SECRET");
  });
});

describe("Istio's root namespace", () => {
  test.each([
    { istio: { provider: "managed" }, root: "istio-system" },
    { istio: { provider: "managed", values: { meshConfig: { rootNamespace: "" } } }, root: "istio-system" },
    { istio: { provider: "managed", values: { meshConfig: { rootNamespace: "mesh-root" } } }, root: "mesh-root" },
    { istio: { provider: "existing", version: "1.30.1", namespace: "istio" }, root: "istio" },
  ] as const)("of $istio is $root", ({ istio, root }) => {
    expect(rootNamespaceOf({ istio })).toBe(root);
  });
});

describe("istio.values", () => {
  test("may repeat what is published, and set anything else", () => {
    const values = {
      revision: "",
      meshConfig: { trustDomain: "east.local", rootNamespace: "mesh-root", accessLogFile: "" },
      global: { network: "network-east", meshID: "east-mesh", multiCluster: { clusterName: "east" } },
    };
    expect(refused(values)).toEqual([]);
    expect(istiodValues(read(values), releaseSources)).toMatchObject(values);
  });

  test("add their certificates to the accepted trust domains, which include theirs", () => {
    const theirs = { pem: "PEM", trustDomains: ["north.local"] };
    const config = read({ meshConfig: { caCertificates: [theirs] } });
    expect(config.mesh.acceptedTrustDomains).toEqual(["west.local", "north.local"]);
    const values = istiodValues(config, releaseSources, ["north.local", "west.local"]);
    expect(values["meshConfig"]).toMatchObject({
      trustDomain: "east.local",
      caCertificates: [{ trustDomains: ["north.local", "west.local"] }, theirs],
    });
    expect(istiodValues(config, releaseSources)["meshConfig"]).toMatchObject({ caCertificates: [theirs] });
  });

  test("without certificates leave none where no other trust domain is accepted", () => {
    expect(istiodValues(read({}), releaseSources)["meshConfig"]).not.toHaveProperty("caCertificates");
  });
});
