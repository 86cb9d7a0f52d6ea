import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { World } from "../support/world.ts";

/** Before a cluster exists: a preview rejects wrong configuration, and a peer may be missing. */
export function beforeTheFirstUp(world: World): void {
  test("a preview rejects wrong configuration, naming key, value and what is allowed", async () => {
    const first = await world.clone.must("pulumi", ["up", "--yes", "--stack", "trust"]);
    expect(first.output).toMatch(/source: (registry|release)/);
    const file = join(world.clone.folder, "stacks", "Pulumi.east.yaml");
    const valid = readFileSync(file, "utf8");
    const rejected = async (change: (config: any) => void): Promise<string> => {
      const stack = parse(valid) as { config: any };
      change(stack.config);
      writeFileSync(file, stringify(stack));
      const { code, output } = await world.clone.run("pulumi", ["preview", "--stack", "east"]);
      expect(code).not.toBe(0);
      expect(output).not.toMatch(/(kubernetes|command):.*create/);
      return output;
    };
    try {
      const cluster = "mesh-federation:cluster";
      expect(await rejected((c) => (c[cluster].podSubnet = "10.10.0.0/99"))).toMatch(
        /cluster\.podSubnet.*10\.10\.0\.0\/99/,
      );
      expect(await rejected((c) => (c[cluster] = { provider: "existing", kubeconfigPath: "./nowhere" }))).toMatch(
        /cluster\.kubeconfigPath.*nowhere/,
      );
      expect(await rejected((c) => (c["mesh-federation:mesh"].slot = 2))).toMatch(/slot.*2.*west/s);
      expect(await rejected((c) => (c["mesh-federation:imports"][0].from = "north"))).toMatch(/north/);
    } finally {
      writeFileSync(file, valid);
    }
  });

  test("a preview of east before west exists names the pending import and the command to run", async () => {
    const { output } = await world.clone.must("pulumi", ["preview", "--stack", "east"]);
    expect(output).toMatch(/import "httpbin" from mesh "west" is pending/);
    expect(output).toContain("pulumi up --stack west");
    expect(output).not.toContain("import-west-httpbin");
  });

  test("a preview of east while west has no outputs still shows the import as pending", async () => {
    await world.clone.must("pulumi", ["preview", "--stack", "west"]);
    const { output } = await world.clone.must("pulumi", ["preview", "--stack", "east"]);
    expect(output).toMatch(/pending: stack "west" has published nothing/);
  });
}
