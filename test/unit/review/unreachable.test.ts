import { unreachableCluster } from "../../../review/preview/unreachable.ts";

const timeout =
  "configured Kubernetes cluster is unreachable: Get https://192.0.2.1:6443: dial tcp: i/o timeout\nand more";

describe("the cause of a failed preview", () => {
  test.each<[string, string[], string | undefined]>([
    ["an unreachable cluster", [timeout, "preview failed"], timeout.split("\n")[0]],
    ["no error", [], undefined],
    ["only the engine's summary", ["preview failed"], undefined],
    ["an error of the change", ["cluster.podSubnet: must be a CIDR"], undefined],
    ["an unreachable cluster and an error of the change", [timeout, 'export "httpbin" is removed'], undefined],
  ])("%s", (_, errors, cause) => {
    expect(unreachableCluster(errors)).toBe(cause);
  });
});
