import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { chartUse } from "../../../workspace/chartUse.ts";

describe("the default chart repositories", () => {
  let root: string;
  beforeEach(() => void mkdirSync(join((root = mkdtempSync(join(tmpdir(), "use-"))), "stacks")));
  afterEach(() => rmSync(root, { recursive: true }));
  const write = (name: string, keys: object) =>
    writeFileSync(
      join(root, "stacks", `Pulumi.${name}.yaml`),
      stringify({ config: Object.fromEntries(Object.entries(keys).map(([k, v]) => [`mesh-federation:${k}`, v])) }),
    );
  const [kind, existing] = [{ provider: "kind" }, { provider: "existing" }];
  const repository = { chartRepository: "oci://ghcr.io/istio/release/charts" };

  test.each([
    { what: "are those of a mesh on KinD", keys: { cluster: kind }, use: [true, true] },
    { what: "are not those of an existing mesh", keys: { cluster: existing, istio: existing }, use: [false, false] },
    { what: "are Istio's for one in an existing cluster", keys: { cluster: existing }, use: [true, false] },
    {
      what: "can be replaced",
      keys: { cluster: kind, istio: { provider: "managed", ...repository } },
      use: [false, true],
    },
    {
      what: "can be replaced for MetalLB",
      keys: { cluster: kind, loadBalancer: { provider: "metallb", ...repository } },
      use: [true, false],
    },
    {
      what: "are not those of charts of one's own",
      keys: { cluster: existing, istio: { charts: {} } },
      use: [false, false],
    },
  ])("$what", ({ keys, use: [istio, metallb] }) => {
    write("trust", { role: "trust" });
    write("east", keys);
    expect(chartUse(root)).toEqual({ istio, metallb });
    write("west", { cluster: kind });
    expect(chartUse(root)).toEqual({ istio: true, metallb: true });
  });

  test("are in use where a file cannot be read", () => {
    writeFileSync(join(root, "stacks", "Pulumi.east.yaml"), "a: [");
    expect(chartUse(root)).toEqual({ istio: true, metallb: true });
  });
});
