import { importId } from "../../../federation/imports/importConfig.ts";
import { driftOf, renderDrift } from "../../../review/drift/drift.ts";
import type { TouchedResource } from "../../../review/preview/previewReport.ts";
import { contractsOf, example, exported, imported } from "./federation.ts";

const stacks = example();
for (const name of ["httpbin-gateway", "cart", "v2-workload-0"]) {
  stacks["west"]!["exports"].push(exported(name));
  stacks["east"]!["imports"].push(imported(name));
}
const contracts = new Map(contractsOf(stacks).map((c) => [c.mesh.name, c]));
const touched = (name: string, more: Partial<TouchedResource> = {}): TouchedResource => ({
  op: "delete",
  type: "kubernetes:x/v1:X",
  name,
  urn: name,
  details: [],
  ...more,
});
const names = ["httpbin", "httpbin-gateway", "cart", "v2-workload-0"];
const all = names.map((name) => `east imports ${name} from west`);

/** The objects of the components of an import and an export. */
const parts = {
  import: ["entry", "rule", "workload-0", "workload-1-2"],
  export: ["policy", "entry", "rule", "gateway"],
};

describe("the drift of a resource", () => {
  test.each(
    names.flatMap((name) => [
      ...parts.import.map((part) => ({
        stack: "east",
        object: `import-${importId({ from: "west", name })}-${part}`,
        name,
      })),
      ...parts.export.map((part) => ({ stack: "west", object: `export-${name}-${part}`, name })),
    ]),
  )("$object in $stack breaks only the import of $name", ({ stack, object, name }) => {
    expect(driftOf(stack, stack, [touched(object)], contracts)).toEqual([
      expect.objectContaining({ stack, name: object, kind: "deleted", breaks: [`east imports ${name} from west`] }),
    ]);
  });

  test.each([
    ...["chart:istio-system/istio-eastwestgateway", "service"].map((part) => ({
      stack: "west",
      name: `east-west-gateway-${part}`,
      breaks: all,
    })),
    ...["chart:istio-system/istio-eastwestgateway", "service"].map((part) => ({
      stack: "east",
      name: `east-west-gateway-${part}`,
      breaks: [],
    })),
    ...["namespace", "cacerts", "base", "istiod"].flatMap((part) =>
      ["east", "west"].map((stack) => ({ stack, name: `istio-${part}`, breaks: all })),
    ),
    ...["namespace", "metallb", "pool", "advertisement"].map((part) => ({
      stack: "west",
      name: `load-balancer-${part}`,
      breaks: all,
    })),
    ...["namespace", "account", "deployment", "service"].map((part) => ({
      stack: "west",
      name: `httpbin-${part}`,
      breaks: all.slice(0, 1),
    })),
    { stack: "west", name: "west-kind", breaks: all },
    { stack: "east", name: "sleep-deployment", breaks: [] },
    { stack: "west", name: "strict-mtls-policy", breaks: [] },
    { stack: "west", name: "export-guard-importers", breaks: [] },
    { stack: "east", name: "verify-west-httpbin-call", breaks: [] },
    { stack: "west", name: "import-west-httpbin-entry", breaks: [] },
  ])("$name in $stack breaks $breaks", ({ stack, name, breaks }) => {
    expect(driftOf(stack, stack, [touched(name)], contracts)).toEqual([
      expect.objectContaining({ stack, name, kind: "deleted", breaks }),
    ]);
  });

  test("identifies a component by its whole name", () => {
    const component = { type: "mesh-federation:federation:ExportedService" };
    expect(driftOf("west", "west", [touched("export-httpbin-gateway", component)], contracts)[0]!.breaks).toEqual([
      "east imports httpbin-gateway from west",
    ]);
  });

  test("after a refresh needs a difference", () => {
    expect(driftOf("west", "west", [touched("export-httpbin-gateway", { op: "refresh" })], contracts)).toEqual([]);
    expect(
      driftOf(
        "west",
        "west",
        [touched("export-httpbin-gateway", { op: "refresh", details: ["spec.servers[0] (update)"] })],
        contracts,
      ),
    ).toHaveLength(1);
  });
});

describe("the drift report", () => {
  test("names a deployed stack without a stack file", () => {
    const undeclared = {
      stack: "north",
      code: "review-stack-undeclared" as const,
      subject: "stack",
      problem: "is deployed",
      remedy: "",
    };
    expect(renderDrift({ drift: [], notCompared: [], undeclared: [undeclared] })).toContain(
      "\n- **north**: stack: is deployed. " + "([review-stack-undeclared](docs/errors.md#review-stack-undeclared))\n",
    );
  });
});
