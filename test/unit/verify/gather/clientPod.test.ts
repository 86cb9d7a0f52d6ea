import { importSpec } from "../../../../federation/imports/importConfig.ts";
import { KubeClient } from "../../../../kube/kubeClient.ts";
import type { Client } from "../../../../verify/edge.ts";
import { findClientPod } from "../../../../verify/gather/clientPod.ts";
import { FakeApiServer } from "../../kube/apiServer.ts";
import { anImport } from "../../federation/fixtures.ts";

const pod = (name: string, account: string, { labels = {}, proxy = true, ready = true } = {}) => ({
  metadata: { name, namespace: "shop", labels },
  spec: { serviceAccountName: account, containers: [{ name: "c" }, ...(proxy ? [{ name: "istio-proxy" }] : [])] },
  status: { phase: "Running", conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
});
const helm = { "app.kubernetes.io/name": "cart", "app.kubernetes.io/instance": "live" };
const pods = [
  pod("other", "other"),
  pod("starting", "cart", { ready: false }),
  pod("probe", "cart", { labels: { "mesh-federation.dev/probe": "verify-1" } }),
  pod("job", "cart", { proxy: false }),
  pod("helm", "cart", { labels: helm }),
  pod("app", "cart", { labels: { app: "cart" } }),
];

/** An API server that selects by labels, as a real one does. */
async function found(client: Partial<Client>) {
  const api = await FakeApiServer.start((url) => {
    const wanted = new URL(url, "http://x").searchParams.get("labelSelector")?.split(",") ?? [];
    const labelsOf = ({ metadata }: (typeof pods)[0]) => Object.entries(metadata.labels).map((pair) => pair.join("="));
    return { status: 200, body: { items: pods.filter((p) => wanted.every((w) => labelsOf(p).includes(w))) } };
  });
  try {
    const cluster = new KubeClient(api.kubeconfig, "x");
    const chosen = await findClientPod(cluster, { namespace: "shop", serviceAccount: "cart", app: "", ...client });
    if ("failure" in chosen) return chosen.failure;
    await chosen.trust;
    return chosen.pod;
  } finally {
    await api.stop();
  }
}

describe("the pod of a client", () => {
  test.each<[string, Partial<Client>, string]>([
    ["its account alone, with a sidecar before one without", {}, "helm"],
    ["labels of any key", { labels: helm }, "helm"],
    ["labels, which come before app", { labels: { app: "cart" }, app: "x" }, "app"],
    ["label app", { app: "cart" }, "app"],
  ])("is found by %s", async (_, client, name) => {
    expect(await found(client)).toBe(name);
  });

  test("is missed by what was looked for", async () => {
    expect(await found({ labels: { a: "1", "b.c/d": "" } })).toBe(
      "no ready pod of service account cart with labels a=1, b.c/d= in namespace shop (0 are not ready)",
    );
    expect(await found({ serviceAccount: "none" })).toMatch(/^no ready pod of service account none in namespace shop/);
  });

  test.each([
    ["both app and labels", { app: "cart", labels: { a: "b" } }],
    ["a key that is none", { labels: { "a b": "c" } }],
    ["a value with a comma", { labels: { a: "b,c=d" } }],
    ["no label", { labels: {} }],
    ["a wildcard", { spiffeId: "spiffe://east.local/*" }],
  ])("cannot be described by %s", (_, client) => {
    const wanted = { ...anImport(), client: { namespace: "shop", serviceAccount: "cart", ...client } };
    expect(importSpec.safeParse(wanted).success).toBe(false);
  });
});
