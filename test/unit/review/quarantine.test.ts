import { deploymentOrder } from "../../../review/deployment/deploymentOrder.ts";
import { contractsOf, exported, imported, mesh, planned, type Stacks } from "./federation.ts";

test("a review waits for no import between a mesh and one that it has in quarantine", () => {
  const apart = (): Stacks => ({
    east: mesh("east", { imports: [imported("httpbin")], exports: [exported("cart", { to: ["west"] })] }),
    west: mesh("west", { imports: [imported("cart", { from: "east" })], exports: [exported("httpbin")] }),
  });
  const after = apart();
  after["east"]!["quarantine"] = ["west"];
  const deployed = contractsOf(apart());
  const { revision, federation } = planned(after, deployed);
  expect(federation.failed).toEqual([]);
  const order = deploymentOrder(revision, federation, new Map(deployed.map((c) => [c.mesh.name, c])));
  expect([order.blocked, order.unfinished]).toEqual([[], []]);
  expect(federation.meshes.map(({ contract }) => [contract.exports.length, contract.imports.length])).toEqual([
    [0, 0],
    [1, 0],
  ]);
});
