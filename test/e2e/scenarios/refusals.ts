import type { World } from "../support/world.ts";

/** What the network lets nobody do. */
export function refusals(world: World): void {
  test("plaintext and TLS without a mesh's name are reset by the gateway", async () => {
    const { address, port } = (await world.outputs("west")).federation.gateways[0]!;
    const plain = await world.onNode("east", ["curl", "-sS", "--max-time", "5", `http://${address}:${port}/headers`]);
    const tls = await world.onNode("east", [
      "curl",
      "-ksS",
      "--max-time",
      "5",
      "--resolve",
      `outside.example:${port}:${address}`,
      `https://outside.example:${port}/headers`,
    ]);
    for (const { code, output } of [plain, tls]) {
      expect(output).not.toContain("headers");
      // 35: TLS broken off, 52: empty reply, 56: reset.
      expect([35, 52, 56]).toContain(code);
    }
  });

  test("strict mTLS: a pod's address answers no plaintext from outside the mesh", async () => {
    const address = (
      await world.kubectl("west", [
        "get",
        "pod",
        "-n",
        "httpbin",
        "-l",
        "app=httpbin",
        "-o",
        "jsonpath={.items[0].status.podIP}",
      ])
    ).trim();
    const { code, output } = await world.onNode("west", [
      "curl",
      "-sS",
      "--max-time",
      "5",
      `http://${address}:8080/headers`,
    ]);
    expect(output).not.toContain("headers");
    expect([52, 56]).toContain(code);
  });
}
