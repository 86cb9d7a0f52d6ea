import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { isUnread, type TrustEvidence } from "../../../federation/trust/trustEvidence.ts";
import { makeLeaf, makeRoot, makeSubCa } from "../../support/pki.ts";
import { MeshServer } from "./meshServer.ts";

let server: MeshServer;
afterEach(() => server.stop());

const pki = (async () => {
  const [root, other] = await Promise.all([makeRoot("root 1"), makeRoot("root 2")]);
  const ca = await makeSubCa({ ca: root, name: "intermediate" });
  const leaf = await makeLeaf({ ca, uris: ["spiffe://west.local/ns/a/sa/b"] });
  return { root: root.certPem, other: other.certPem, chain: leaf.chainPem };
})();

const base64 = (text: string) => ({ inline_bytes: Buffer.from(text).toString("base64") });
const dump = (bundle: string, chain: string) =>
  JSON.stringify({
    configs: [
      { secret: { name: "ROOTCA", validation_context: { trusted_ca: base64(bundle) } } },
      { secret: { name: "default", tls_certificate: { certificate_chain: base64(chain) } } },
    ],
  });

const env = [{ name: "PROXY_CONFIG_XDS_AGENT", value: "true" }];
const pod = (name: string, more: object = {}) => ({
  metadata: { namespace: "apps", name },
  spec: { containers: [{ name: "app" }, { name: "istio-proxy", env }] },
  status: { phase: "Running", containerStatuses: [{ name: "istio-proxy", state: { running: {} } }] },
  ...more,
});
const istiod = (variables: object[], labels = {}) => ({
  metadata: { namespace: "istio-system", name: "istiod-1", labels: { app: "istiod", ...labels } },
  spec: { containers: [{ name: "discovery", env: variables }] },
  status: { phase: "Running" },
});
const inIstio = (name: string) => `/api/v1/namespaces/istio-system/configmaps/${name}`;

/** Reads in a process of its own, see printMeshTrust.ts. */
async function read(options: object = {}): Promise<TrustEvidence> {
  const program = join(import.meta.dirname, "printMeshTrust.ts");
  const args = [program, server.kubeconfig, JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as TrustEvidence;
}

describe("the trust of a mesh", () => {
  test("is what each proxy, istiod and the mesh config have", async () => {
    const { root, other, chain } = await pki;
    server = await MeshServer.start(
      [istiod([{ name: "ISTIO_MULTIROOT_MESH", value: "true" }]), pod("a"), pod("b")],
      {
        [inIstio("istio-ca-root-cert")]: { data: { "root-cert.pem": root } },
        [inIstio("istio")]: {
          data: { mesh: JSON.stringify({ caCertificates: [{ pem: other }, { trustDomains: ["x"] }] }) },
        },
      },
      (name) => dump(name === "a" ? root + other : root, chain),
    );
    const found = await read();
    const names = (list: unknown) => (list as { subject: string }[]).map(({ subject }) => subject);
    expect(found).toMatchObject({ mesh: "west", multiRoot: true, proxiesLeftOut: 0 });
    expect([names(found.istiodRoots), names(found.configured)]).toEqual([["CN=root 1"], ["CN=root 2"]]);
    expect(
      found.proxies.map((p) => [p.pod, p.takesBundle, isUnread(p) ? p.failure : [names(p.bundle), names(p.chain)]]),
    ).toEqual([
      [
        "apps/a",
        true,
        [
          ["CN=root 1", "CN=root 2"],
          ["(empty)", "CN=intermediate"],
        ],
      ],
      ["apps/b", true, [["CN=root 1"], ["(empty)", "CN=intermediate"]]],
    ]);
  });

  test("is of all pods in which the proxy runs, each asked once, a few at a time", async () => {
    const { root, chain } = await pki;
    const waiting = {
      status: { phase: "Pending", containerStatuses: [{ name: "istio-proxy", state: { waiting: {} } }] },
    };
    const starting = {
      spec: { containers: [{ name: "app" }], initContainers: [{ name: "istio-proxy" }] },
      status: { phase: "Pending", initContainerStatuses: [{ name: "istio-proxy", state: { running: {} } }] },
    };
    const plain = { spec: { containers: [{ name: "app" }] } };
    const pods = Array.from({ length: 300 }, (_, i) => pod(`p${i}`, i % 15 === 0 ? {} : plain));
    const asked: string[] = [];
    server = await MeshServer.start(
      [...pods, pod("waiting", waiting), pod("native", starting), pod("ended", { status: { phase: "Succeeded" } })],
      {},
      (name) => (asked.push(name), dump(root, chain)),
    );
    const found = await read();
    expect(found.proxies.map((p) => p.pod)).toEqual(
      [...Array.from({ length: 20 }, (_, i) => `p${i * 15}`), "native"].map((name) => `apps/${name}`),
    );
    expect(found.proxies.at(-1)).toMatchObject({ takesBundle: false });
    expect(asked.sort()).toEqual(found.proxies.map((p) => p.pod.slice(5)).sort());
    expect(server.lists).toEqual(["?limit=250", "?limit=250&continue=250"]);
    expect(server.concurrency).toBe(8);
    expect(await read({ proxies: 5 })).toMatchObject({ proxies: { length: 5 }, proxiesLeftOut: 16 });
  });

  test("names what cannot be read", async () => {
    const { root, chain } = await pki;
    const outputs: Record<string, string | undefined> = {
      silent: undefined,
      empty: "{}",
      malformed: dump("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", chain),
      rootless: JSON.stringify({
        configs: [{ secret: { name: "default", tls_certificate: { certificate_chain: base64(chain) } } }],
      }),
      good: dump(root, chain),
    };
    server = await MeshServer.start(
      [istiod([], { "istio.io/rev": "canary" }), ...Object.keys(outputs).map((name) => pod(name))],
      { [inIstio("istio")]: { data: { mesh: "caCertificates: [{pem: x}]" } } },
      (name) => outputs[name],
    );
    const found = await read();
    const failure = (says: RegExp) => ({ failure: expect.stringMatching(says) });
    expect(found).toMatchObject({
      multiRoot: false,
      istiodRoots: failure(/no ConfigMap istio-system\/istio-ca-root-cert/),
      configured: failure(/no ConfigMap istio-system\/istio-canary/),
      proxies: [
        { pod: "apps/silent", ...failure(/500/) },
        { pod: "apps/empty", ...failure(/no trust bundle/) },
        { pod: "apps/malformed", ...failure(/certificate 1/) },
        { pod: "apps/rootless", ...failure(/no trust bundle/) },
        { pod: "apps/good", bundle: [{ subject: "CN=root 1" }] },
      ],
    });
  });
});
