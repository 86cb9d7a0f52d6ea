import { readProxyPods } from "../../../kube/proxyPods.ts";
import { FakeApiServer } from "./apiServer.ts";

const injected = { "sidecar.istio.io/status": "{}" };
const pod = (name: string, metadata: object, phase = "Running") => ({
  metadata: { namespace: "shop", name, ...metadata },
  status: { phase },
});

test("the pods that a control plane has injected, by annotation or label, while they live", async () => {
  const items = [
    pod("cart", { annotations: { ...injected, "istio.io/rev": "old" }, labels: { app: "cart" } }),
    pod("gateway", { annotations: injected, labels: { "istio.io/rev": "default" } }),
    pod("wishes-only", { labels: { "istio.io/rev": "old" } }),
    pod("plain", {}),
    pod("ended", { annotations: { ...injected, "istio.io/rev": "old" } }, "Succeeded"),
    pod("ending", { annotations: { ...injected, "istio.io/rev": "old" }, deletionTimestamp: "2026-01-01T00:00:00Z" }),
  ];
  const server = await FakeApiServer.start(() => ({ status: 200, body: { items } }));
  try {
    expect(await readProxyPods(server.kubeconfig, undefined)).toEqual([
      { namespace: "shop", name: "cart", revision: "old", labels: { app: "cart" } },
      { namespace: "shop", name: "gateway", revision: "default", labels: { "istio.io/rev": "default" } },
    ]);
  } finally {
    await server.stop();
  }
});
