import { declaredMesh } from "../../../federation/config/declaredMesh.ts";
import { UserError } from "../../../federation/errors/userError.ts";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";

/** A configuration with a value under every key of a mesh, so that each can be given another. */
const whole: Record<string, unknown> = {
  mesh: { name: "east", slot: 1, locality: { region: "a", zone: "b" }, acceptedTrustDomains: ["a.b"] },
  cluster: { provider: "kind", podSubnet: "10.10.0.0/16", serviceSubnet: "10.255.10.0/24" },
  loadBalancer: { provider: "metallb", slots: 4 },
  ca: { provider: "shared", stack: "trust" },
  istio: { provider: "managed", values: {} },
  gateway: { provider: "managed", addresses: ["192.0.2.1"] },
  samples: ["sleep"],
  sampleImages: { sleep: "x" },
  exports: [
    {
      name: "h",
      namespace: "h",
      service: "h",
      ports: [{ name: "http", number: 80, protocol: "HTTP" }],
      serviceAccounts: ["h"],
      to: ["west"],
      subsets: [{ name: "v1", labels: { a: "b" } }],
    },
  ],
  imports: [
    {
      name: "x",
      from: "west",
      visibleTo: ["s"],
      client: { namespace: "s", serviceAccount: "s" },
      probe: { http: { path: "/" } },
    },
  ],
  peers: { west: { file: "x" } },
  requireImports: false,
  verifyOnUp: true,
  allowBreaking: ["h"],
};
const values = [null, "", "x", 7, 1.5, true, [], [null], {}, { a: null }];
const shapeOf = (value: unknown) => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);

/** The path of every value in a configuration, itself left out. */
function pathsIn(value: unknown, at: string[] = []): string[][] {
  const inner =
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, v]) => pathsIn(v, [...at, key]))
      : [];
  return at.length === 0 ? inner : [at, ...inner];
}

describe("the types of the configuration", () => {
  test("accept a complete configuration", () => {
    expect(() => readMeshConfig(whole, "east", releaseSources, [])).not.toThrow();
  });

  test.each(pathsIn(whole).map((path) => ({ path })))("reject another type in $path and name the key", ({ path }) => {
    for (const value of values) {
      const config = structuredClone(whole);
      const parent = path.slice(0, -1).reduce<any>((o, key) => o[key], config);
      const sameShape = shapeOf(parent[path.at(-1)!]) === shapeOf(value);
      parent[path.at(-1)!] = value;
      const read = () => readMeshConfig(config, "east", releaseSources, []);
      if (!sameShape) {
        expect(read).toThrow(UserError);
        expect(read).toThrow(path[0]);
      }
      // What a sibling's stack reads of it before anybody has checked it.
      expect(() => declaredMesh("east", config)).not.toThrow();
    }
  });
});
