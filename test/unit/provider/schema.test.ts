import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { components } from "../../../provider/components.ts";
import { componentSchema, schemaFile } from "../../../tools/componentSchema/index.ts";

const root = resolve(import.meta.dirname, "..", "..", "..");
const schema = JSON.parse(readFileSync(schemaFile, "utf8"));
const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));

describe("the schema of the components for other languages", () => {
  test("equals the types of the components, as written by `npm run docs:components`", () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(componentSchema())));
  });

  test("names each component by the type that it registers", () => {
    expect(Object.keys(schema.resources).sort()).toEqual(
      Object.values(components)
        .map(({ type }) => type)
        .sort(),
    );
  });

  test("says what a program must give, what may be an output, and what each thing means", () => {
    const { inputProperties, requiredInputs } = schema.resources["mesh-federation:federation:ExportedService"];
    expect(requiredInputs).toEqual(["exportName", "namespace", "ports", "service", "to"]);
    expect(inputProperties.enforceCallers).toMatchObject({ type: "boolean", plain: true });
    expect(inputProperties.host).toMatchObject({ type: "string", description: expect.stringContaining("Default: ") });
    expect(inputProperties.host.plain).toBeUndefined();
    expect(inputProperties.callersApplyTo.description).toContain("One of `peers`, `everyone`.");
    expect(inputProperties.subsets).toMatchObject({
      plain: true,
      items: { $ref: "#/types/mesh-federation:federation:ExportedSubset" },
    });
    for (const component of Object.values<any>(schema.resources))
      for (const property of Object.values<any>({ ...component.inputProperties, ...component.properties }))
        expect(property.description).toMatch(/\S/);
  });

  test("has the outputs of the component that another extends", () => {
    const outputs = (name: string) => Object.keys(schema.resources[`mesh-federation:federation:${name}`].properties);
    expect(outputs("FederatedExport").sort()).toEqual(outputs("ExportedService").sort());
    expect(outputs("FederatedImport").sort()).toEqual([...outputs("ImportedService"), "published"].sort());
    for (const name of ["ExportedService", "FederatedMesh"]) expect(outputs(name)).not.toContain("urn");
  });

  test("needs the packages that the components need", () => {
    const { version, dependencies } = readJson("package.json");
    const provider = readJson("provider/package.json");
    expect([schema.version, provider.version]).toEqual([version, version]);
    for (const [name, wanted] of Object.entries(provider.dependencies)) expect(dependencies[name]).toBe(wanted);
  });
});
