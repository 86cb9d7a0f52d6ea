import { outOfReach } from "../../../review/preview/unreachable.ts";

const lost =
  "configured Kubernetes cluster is unreachable: Get https://192.0.2.1:6443: dial tcp: i/o timeout\nand more";

test.each<[string, string[], string | undefined]>([
  ["a cluster that does not answer", [lost, "preview failed"], lost.split("\n")[0]],
  ["nothing", [], undefined],
  ["nothing but what the engine says of any error", ["preview failed"], undefined],
  ["an error of the change's own", ["cluster.podSubnet: must be a CIDR"], undefined],
  [
    "a cluster that does not answer, beside an error of the change's own",
    [lost, 'export "httpbin" is removed, but mesh "east" imports it'],
    undefined,
  ],
])("of %s", (_, errors, says) => {
  expect(outOfReach(errors)).toBe(says);
});
