import type { World } from "../support/world.ts";

/** Calls that the gateway and the pods reject from any caller outside a mesh. */
export function refusals(world: World): void {
  test("the gateway resets plaintext, and TLS without a mesh's name", async () => {
    const { address, port } = (await world.outputs("west")).federation.gateways[0]!;
    const plain = await world.onNode("east", ["curl", "-sS", "--max-time", "5", `http://${address}:${port}/headers`]);
    const tls = await world.onNode("east", [
      ...["curl", "-ksS", "--max-time", "5", "--resolve", `outside.example:${port}:${address}`],
      `https://outside.example:${port}/headers`,
    ]);
    for (const { code, output } of [plain, tls]) {
      expect(output).not.toContain("headers");
      // Exit codes of curl: 35 TLS handshake failed, 52 empty reply, 56 reset.
      expect([35, 52, 56]).toContain(code);
    }
  });

  test("strict mTLS: a pod does not answer plaintext from outside the mesh", async () => {
    const address = (
      await world.kubectl("west", [
        ...["get", "pod", "-n", "httpbin", "-l", "app=httpbin"],
        ...["-o", "jsonpath={.items[0].status.podIP}"],
      ])
    ).trim();
    const url = `http://${address}:8080/headers`;
    const { code, output } = await world.onNode("west", ["curl", "-sS", "--max-time", "5", url]);
    expect(output).not.toContain("headers");
    expect([52, 56]).toContain(code);
  });
}
