import { X509Certificate } from "node:crypto";
import { stringify } from "yaml";
import { trustAnchor } from "../../../federation/trust/constrainedCa.ts";
import { readPreview } from "../../../review/preview/previewReport.ts";
import { previewTrust } from "../../../review/trust/previewTrust.ts";
import { keyOf, makeRoot } from "../../support/pki.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
interface Resource {
  type: string;
  inputs: Record<string, unknown>;
}

/** What the preview of a resource's change says of trust; without a resource before or after it, it is made or goes. */
async function told(before: Resource | undefined, after: Resource | undefined, op?: string): Promise<string[]> {
  const step = {
    op: op ?? (before && after ? "update" : after ? "create" : "delete"),
    urn: `urn:pulumi:east::mesh-federation::${(after ?? before)!.type}::name`,
    ...(before ? { oldState: before } : {}),
    ...(after ? { newState: after } : {}),
  };
  const changes = await previewTrust("east", readPreview(JSON.stringify({ steps: [step] })));
  return changes.map(({ sign, text }) => `${sign} ${text}`);
}

const object = (kind: string, name: string, more: object): Resource => ({
  type: `kubernetes:${kind}`,
  inputs: { metadata: { namespace: "istio-system", name }, ...more },
});
const cacerts = (stringData: unknown) => object("core/v1:Secret", "cacerts", { stringData });
const mtls = (mode: string, labels = {}) =>
  object("security.istio.io/v1:PeerAuthentication", "default", { spec: { mtls: { mode } }, labels });
const configMap = (config: object) => object("core/v1:ConfigMap", "istio", { data: { mesh: stringify(config) } });
const release = (meshConfig: object) => ({
  type: "kubernetes:helm.sh/v3:Release",
  inputs: { chart: "istiod", name: "istiod", namespace: "istio-system", values: { meshConfig } },
});
const tls = (type: string) => ({ type: `tls:index/${type}`, inputs: {} });

describe("a preview tells of", () => {
  test.each<[string, Resource | undefined, Resource | undefined, string[]]>([
    [
      "istiod's CA, of which Pulumi shows no value",
      cacerts("[secret]"),
      cacerts("[secret]"),
      [
        "~ up of stack east would update Secret istio-system/cacerts: the CA with which istiod signs, and the roots " +
          "that the mesh trusts",
      ],
    ],
    [
      "istiod's CA that goes",
      cacerts("[secret]"),
      undefined,
      [
        "- up of stack east would delete Secret istio-system/cacerts: the CA with which istiod signs, and the roots " +
          "that the mesh trusts",
      ],
    ],
    ["no other Secret", object("core/v1:Secret", "other", {}), object("core/v1:Secret", "other", { a: 1 }), []],
    [
      "another mode of mTLS",
      mtls("STRICT"),
      mtls("PERMISSIVE"),
      [
        "~ up of stack east would update PeerAuthentication istio-system/default: " +
          'spec.mtls.mode "STRICT" -> "PERMISSIVE"',
      ],
    ],
    ["no change of labels", mtls("STRICT"), mtls("STRICT", { a: "b" }), []],
    [
      "a mode of mTLS that goes",
      mtls("STRICT"),
      undefined,
      [
        "- up of stack east would delete PeerAuthentication istio-system/default: " +
          'spec.mtls.mode "STRICT" (removed)',
      ],
    ],
    [
      "a new root",
      undefined,
      tls("selfSignedCert:SelfSignedCert"),
      ["+ up of stack east would create root certificate name"],
    ],
    ["a key that goes", tls("privateKey:PrivateKey"), undefined, ["- up of stack east would delete private key name"]],
    [
      "another trust domain and alias of the mesh configuration",
      configMap({ trustDomain: "a", enableAutoMtls: true }),
      configMap({ trustDomain: "b", trustDomainAliases: ["a"], enableAutoMtls: false }),
      [
        '~ up of stack east would update ConfigMap istio-system/istio: meshConfig.trustDomain "a" -> "b"',
        '~ up of stack east would update ConfigMap istio-system/istio: meshConfig.trustDomainAliases[0] "a" (new)',
      ],
    ],
    [
      "roots that a server gives out",
      configMap({}),
      configMap({
        caCertificates: [{ spiffeBundleUrl: "https://a.example", trustDomains: ["a.example", "b.example"] }],
      }),
      [
        "~ up of stack east would update ConfigMap istio-system/istio: meshConfig.caCertificates + whatever roots " +
          '"https://a.example" serves, accepts trust domains a.example, b.example',
      ],
    ],
    [
      "a mesh configuration that is not known yet",
      configMap({}),
      object("core/v1:ConfigMap", "istio", { data: { mesh: unknown } }),
      ["~ up of stack east would update ConfigMap istio-system/istio: meshConfig is not known before the up"],
    ],
    ["no other ConfigMap", object("core/v1:ConfigMap", "a", { data: { mesh: "a" } }), undefined, []],
  ])("%s", async (_, before, after, says) => {
    expect(await told(before, after)).toEqual(says);
  });

  test.each<[string, (config: object) => Resource, string]>([
    ["istiod's ConfigMap", configMap, "ConfigMap istio-system/istio"],
    ["a release of the chart", release, "Release istio-system/istiod"],
  ])("anchors in %s, by what they permit", async (_, holder, title) => {
    const root = await makeRoot("west", { notAfter: new Date("2036-11-01T00:00:00Z") });
    const keyPem = keyOf("anchors");
    const anchor = await trustAnchor({ rootPem: root.certPem, trustDomain: "west.example", issuerName: "a", keyPem });
    const sha256 = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
    const with_ = (pem: string) => holder({ caCertificates: [{ trustDomains: ["west.example"] }, { pem }] });
    expect(await told(with_(root.certPem), with_(anchor))).toEqual([
      `~ up of stack east would update ${title}: meshConfig.caCertificates ` +
        `+ SHA-256 ${sha256(anchor)}, CA for west.example only, until 2036-11-01, subject "CN=west", ` +
        `- SHA-256 ${sha256(root.certPem)}, CA for every trust domain, until 2036-11-01, subject "CN=west"`,
    ]);
  });

  test("a replaced root once", async () => {
    const [before, after] = [tls("selfSignedCert:SelfSignedCert"), tls("selfSignedCert:SelfSignedCert")];
    expect(await told(before, after, "replace")).toEqual(["~ up of stack east would replace root certificate name"]);
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["a text", "a"],
    ["a list of anything", [null, "a", 7, {}, { pem: 7 }, { pem: "x", trustDomains: "y" }, { pem: unknown }]],
  ])("anything, where caCertificates is %s", async (_, caCertificates) => {
    const changes = await told(configMap({}), configMap({ caCertificates }));
    expect(changes.every((line) => line.startsWith("~ up of stack east would update ConfigMap"))).toBe(true);
  });
});
