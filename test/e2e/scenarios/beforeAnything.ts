import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { World } from "../support/world.ts";

/** Before a cluster exists: wrong configuration is refused, and a peer may be missing. */
export function beforeAnything(world: World): void {
  test("bad input fails in a preview, naming key, value and what is allowed", async () => {
    const first = await world.clone.must("pulumi", ["up", "--yes", "--stack", "trust"]);
    expect(first.output).toMatch(
      /source: (registry \(.*because|release \(.*because|(registry|release), as asked for by)/,
    );
    const file = join(world.clone.folder, "stacks", "Pulumi.east.yaml");
    const good = readFileSync(file, "utf8");
    const refused = async (change: (config: any) => void): Promise<string> => {
      const stack = parse(good) as { config: any };
      change(stack.config);
      writeFileSync(file, stringify(stack));
      const { code, output } = await world.clone.run("pulumi", ["preview", "--stack", "east"]);
      expect(code).not.toBe(0);
      expect(output).not.toMatch(/(kubernetes|command):.*create/);
      return output;
    };
    try {
      const cluster = "mesh-federation:cluster";
      expect(await refused((c) => (c[cluster].podSubnet = "10.10.0.0/99"))).toMatch(
        /cluster\.podSubnet.*10\.10\.0\.0\/99/,
      );
      expect(await refused((c) => (c[cluster] = { provider: "existing", kubeconfigPath: "./nowhere" }))).toMatch(
        /cluster\.kubeconfigPath.*nowhere/,
      );
      expect(await refused((c) => (c["mesh-federation:mesh"].slot = 2))).toMatch(/slot.*2.*west/s);
      expect(await refused((c) => (c["mesh-federation:imports"][0].from = "north"))).toMatch(/north/);
    } finally {
      writeFileSync(file, good);
    }
  });

  test("preview of east while west does not exist: the import is pending, and the command to run is named", async () => {
    const { output } = await world.clone.must("pulumi", ["preview", "--stack", "east"]);
    expect(output).toMatch(/import "httpbin" from mesh "west" is pending/);
    expect(output).toContain("pulumi up --stack west");
    expect(output).not.toContain("import-west-httpbin");
  });

  test("preview of east while west is empty: still pending", async () => {
    await world.clone.must("pulumi", ["preview", "--stack", "west"]);
    const { output } = await world.clone.must("pulumi", ["preview", "--stack", "east"]);
    expect(output).toMatch(/pending: stack "west" has published nothing/);
  });
}
