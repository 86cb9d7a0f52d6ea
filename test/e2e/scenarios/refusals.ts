import { eventually, type World } from "../support/world.ts";

const url = "http://httpbin.httpbin.svc.cluster.local:8000/headers";

/** What must fail, each beside the call that works. */
export function refusals(world: World): void {
  test("a host that is not exported is refused, however right its entry is", async () => {
    const host = "private.httpbin.svc.cluster.local";
    await world.apply("west", { apiVersion: "v1", kind: "Service", metadata: { name: "private", namespace: "httpbin" }, spec: { selector: { app: "httpbin" }, ports: [{ name: "http", port: 8000, targetPort: 8080 }] } });
    const { gateways } = (await world.outputs("west")).federation;
    const entry = {
      apiVersion: "networking.istio.io/v1", kind: "ServiceEntry", metadata: { name: "private", namespace: "sleep" },
      spec: {
        hosts: [host], location: "MESH_INTERNAL", resolution: "STATIC", ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
        endpoints: gateways.map(({ address, port }) => ({ address, ports: { http: port }, network: "network-west" })), subjectAltNames: ["spiffe://cluster.local/ns/httpbin/sa/httpbin"],
      },
    };
    const rule = { apiVersion: "networking.istio.io/v1", kind: "DestinationRule", metadata: { name: "private", namespace: "sleep" }, spec: { host, trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } } };
    await world.apply("east", entry, rule);
    try {
      expect(await eventually("a 503", 30, async () => ((await world.callFrom("east", `http://${host}:8000/headers`)) === 503 ? 503 : undefined))).toBe(503);
      // It stays refused, while the exported service of the same pods answers.
      await new Promise((done) => setTimeout(done, 5000));
      expect(await world.callFrom("east", `http://${host}:8000/headers`)).toBe(503);
      expect(await world.callFrom("east", url)).toBe(200);
    } finally {
      await world.kubectl("east", ["delete", "-n", "sleep", "serviceentry,destinationrule", "private"]);
      await world.kubectl("west", ["delete", "-n", "httpbin", "service", "private"]);
    }
  });

  test("a server with another identity than the pinned one is refused", async () => {
    const entry = (await world.kubectl("east", ["get", "serviceentry", "-n", "sleep", "-o", "name"])).trim();
    const pin = (name: string) => world.kubectl("east", ["patch", "-n", "sleep", entry, "--type=merge", "-p", JSON.stringify({ spec: { subjectAltNames: [`spiffe://cluster.local/ns/httpbin/sa/${name}`] } })]);
    await pin("somebody-else");
    try {
      expect(await eventually("a 503", 30, async () => ((await world.callFrom("east", url)) === 503 ? 503 : undefined))).toBe(503);
    } finally {
      await pin("httpbin");
    }
    expect(await eventually("a 200", 30, async () => ((await world.callFrom("east", url)) === 200 ? 200 : undefined))).toBe(200);
  });

  test("plaintext and TLS without a mesh's name are reset by the gateway", async () => {
    const { address, port } = (await world.outputs("west")).federation.gateways[0]!;
    const plain = await world.onNode("east", ["curl", "-sS", "--max-time", "5", `http://${address}:${port}/headers`]);
    const tls = await world.onNode("east", ["curl", "-ksS", "--max-time", "5", "--resolve", `outside.example:${port}:${address}`, `https://outside.example:${port}/headers`]);
    for (const { code, output } of [plain, tls]) {
      expect(output).not.toContain("headers");
      // 35: TLS broken off, 52: empty reply, 56: reset.
      expect([35, 52, 56]).toContain(code);
    }
  });

  test("strict mTLS: a pod's address answers no plaintext from outside the mesh", async () => {
    const address = (await world.kubectl("west", ["get", "pod", "-n", "httpbin", "-l", "app=httpbin", "-o", "jsonpath={.items[0].status.podIP}"])).trim();
    const { code, output } = await world.onNode("west", ["curl", "-sS", "--max-time", "5", `http://${address}:8080/headers`]);
    expect(output).not.toContain("headers");
    expect([52, 56]).toContain(code);
  });
}
