import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { checkKeys } from "../../../infra/config.ts";
import { record } from "../components/graph.ts";

const check = (config: Record<string, unknown>) => record(checkKeys, { config });

test("every key that Pulumi.yaml declares is known, and so are the two secrets", async () => {
  const declared = Object.keys(parse(readFileSync("Pulumi.yaml", "utf8")).config);
  await expect(check(Object.fromEntries([...declared, "mesh-federation:kubeconfig", "mesh-federation:caMaterial"].map((key) => [key, "x"])))).resolves.toBeDefined();
});

test("a key of another namespace is not this project's", async () => {
  await expect(check({ "kubernetes:context": "x" })).resolves.toBeDefined();
});

test("a key that nothing reads is refused, with the nearest one and without its value", async () => {
  const refused = check({ "mesh-federation:import": [{ name: "SECRET" }], "mesh-federation:Proof": true });
  await expect(refused).rejects.toThrow(/stack "east" is not valid:\n {2}- unknown key "Proof"; did you mean "proof"\?.*\n {2}- unknown key "import"; did you mean "imports"\?/);
  await expect(refused).rejects.not.toThrow(/SECRET/);
});
