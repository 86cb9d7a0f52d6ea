import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { configPrefix } from "../../../federation/config/declaredMesh.ts";
import { meshConfigSchema } from "../../../federation/config/meshSchema.ts";

const cluster = { provider: "kind", podSubnet: "10.10.0.0/16", serviceSubnet: "10.255.10.0/24" };
const examples = [
  "README.md",
  "docs/federation.md",
  "docs/machines.md",
  "docs/verify.md",
  "docs/policies.md",
  "docs/trust.md",
  "docs/trust-signing.md",
].flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .filter(([, text]) => text!.includes(configPrefix))
    .map(([, text], i) => ({ name: `${file} ${i + 1}`, keys: keysOf(text!) })),
);

/** The keys of an example: a complete stack file, or the content of its `config`. */
function keysOf(text: string): Record<string, unknown> {
  const { config, ...others } = parse(text) as Record<string, any>;
  return config ? { ...config, ...others } : others;
}

describe("YAML examples of the documentation", () => {
  test("cover exports, imports and existing clusters", () => {
    const keys = examples.flatMap((example) => Object.keys(example.keys));
    expect(keys).toEqual(
      expect.arrayContaining(
        ["exports", "imports", "mesh", "cluster", "istio", "gateway"].map((key) => configPrefix + key),
      ),
    );
  });

  test.each(examples)("$name is a valid configuration", ({ keys }) => {
    expect(Object.keys(keys).filter((key) => !key.startsWith(configPrefix))).toEqual([]);
    const config = Object.fromEntries(
      Object.entries(keys).map(([key, value]) => [key.slice(configPrefix.length), value]),
    );
    expect(meshConfigSchema.safeParse({ cluster, ...config }).error?.issues ?? []).toEqual([]);
  });
});
