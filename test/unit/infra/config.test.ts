import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { checkKeys } from "../../../infra/config.ts";
import { record } from "../components/graph.ts";

const check = (config: Record<string, unknown>, role: "mesh" | "trust" = "mesh") =>
  record(() => checkKeys(role), { config });

const declared = parse(readFileSync("Pulumi.yaml", "utf8")).config as Record<string, { default: unknown }>;
/** As the engine hands every stack the keys that it does not set. */
const defaults = Object.fromEntries(Object.entries(declared).map(([key, entry]) => [key, entry.default]));

describe("the keys of Pulumi.yaml", () => {
  test("belong to one role each, and so do the two secrets", async () => {
    const keys = [...Object.keys(declared), "mesh-federation:kubeconfig", "mesh-federation:caMaterial"].filter(
      (key) => !["mesh-federation:root", "mesh-federation:meshes"].includes(key),
    );
    await expect(check(Object.fromEntries(keys.map((key) => [key, "x"])))).resolves.toBeDefined();
    await expect(
      check({ "mesh-federation:role": "trust", "mesh-federation:root": "x" }, "trust"),
    ).resolves.toBeDefined();
  });

  test.each(["mesh", "trust"] as const)("count as not set with their default in a stack of role %s", async (role) => {
    await expect(check(defaults, role)).resolves.toBeDefined();
  });
});

describe("a configuration key", () => {
  test("of the other role is rejected by name, without its value", async () => {
    const inMesh = check({ ...defaults, "mesh-federation:root": { commonName: "SECRET" } });
    await expect(inMesh).rejects.toMatchObject({
      code: "config-invalid",
      details: [
        { code: "config-key-misplaced", subject: 'key "root"', remedy: expect.stringContaining("set role to trust") },
      ],
    });
    await expect(inMesh).rejects.not.toThrow(/SECRET/);
    const given = { imports: [{ name: "x" }], kubeconfig: "SECRET", requireImports: true };
    const inTrust = check(
      {
        ...defaults,
        ...Object.fromEntries(Object.entries(given).map(([key, value]) => [`mesh-federation:${key}`, value])),
      },
      "trust",
    );
    const details = Object.keys(given).map((key) => ({
      code: "config-key-misplaced",
      subject: `key "${key}"`,
      remedy: expect.stringContaining("set role to mesh"),
    }));
    await expect(inTrust).rejects.toMatchObject({ code: "config-invalid", details });
    await expect(inTrust).rejects.not.toThrow(/SECRET/);
  });

  test("of another namespace is ignored", async () => {
    await expect(check({ "kubernetes:context": "x" })).resolves.toBeDefined();
  });

  test("that is unknown is rejected with the nearest one, without its value", async () => {
    const refused = check({ "mesh-federation:import": [{ name: "SECRET" }], "mesh-federation:VerifyOnUp": true });
    await expect(refused).rejects.toMatchObject({
      details: [
        { code: "config-key-unknown", subject: 'key "VerifyOnUp"', remedy: expect.stringContaining('"verifyOnUp"') },
        { code: "config-key-unknown", subject: 'key "import"', remedy: expect.stringContaining('"imports"') },
      ],
    });
    await expect(refused).rejects.not.toThrow(/SECRET/);
  });
});
