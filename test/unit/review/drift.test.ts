import { driftOf, renderDrift } from "../../../review/drift.ts";
import type { TouchedResource } from "../../../review/previewReport.ts";
import { contractsOf, example, exported, imported } from "./federation.ts";

const stacks = example();
stacks["west"]!["exports"].push(exported("cart", { name: "httpbin-cart" }));
stacks["east"]!["imports"].push(imported("httpbin-cart"));
const contracts = new Map(contractsOf(stacks).map((c) => [c.mesh.name, c]));
const touched = (name: string, more: Partial<TouchedResource> = {}): TouchedResource => ({ op: "delete", type: "kubernetes:x/v1:X", name, urn: name, details: [], ...more });
const both = ["east imports httpbin from west", "east imports httpbin-cart from west"];

test.each([
  { stack: "west", name: "export-httpbin-gateway", breaks: [both[0]] },
  { stack: "west", name: "export-httpbin-cart-gateway", breaks: [both[1]] },
  { stack: "east", name: "import-west-httpbin-entry", breaks: [both[0]] },
  { stack: "west", name: "east-west-gateway-service", breaks: both },
  { stack: "east", name: "istio-istiod", breaks: both },
  { stack: "west", name: "httpbin-deployment", breaks: [] },
])("$name in $stack breaks $breaks", ({ stack, name, breaks }) => {
  expect(driftOf(stack, stack, [touched(name)], contracts)).toEqual([expect.objectContaining({ stack, name, what: "gone", breaks })]);
});

test("a refresh that finds nothing different is no drift; one with a difference is", () => {
  expect(driftOf("west", "west", [touched("export-httpbin-gateway", { op: "refresh" })], contracts)).toEqual([]);
  expect(driftOf("west", "west", [touched("export-httpbin-gateway", { op: "refresh", details: ["spec.servers[0] (update)"] })], contracts)).toHaveLength(1);
});

test("a stack that nobody declares is named in the report", () => {
  expect(renderDrift([], [], [{ stack: "north", message: "it is deployed" }])).toContain("\n- **north**: it is deployed\n");
});
