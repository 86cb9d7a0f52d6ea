import {
  controlPlaneFindings,
  controlPlanesOf,
  publishedControlPlanes,
  removedControlPlanes,
} from "../../../federation/cluster/controlPlanes.ts";
import type { MeshConfig } from "../../../federation/config/readMeshConfig.ts";

type Istio = Pick<MeshConfig, "istio">;
const managed = (istio: object): Istio => ({ istio: { provider: "managed", ...istio } });
const existing: Istio = { istio: { provider: "existing", version: "1.30.5", namespace: "istio-system" } };
const canary = { revision: "1-30-6" };

test.each([
  { config: managed({}), installs: ["default"] },
  { config: managed({ revision: "1-30-5" }), installs: ["1-30-5"] },
  { config: managed({ revision: "1-30-5", canary }), installs: ["1-30-5", "1-30-6"] },
  { config: existing, installs: [] },
])("$config installs $installs", ({ config, installs }) => expect(controlPlanesOf(config)).toEqual(installs));

test.each([
  { what: "the former of two", before: ["1-30-5", "1-30-6"], config: managed(canary), removed: ["1-30-5"] },
  { what: "the one without a revision", before: ["default"], config: managed(canary), removed: ["default"] },
  {
    what: "none that stays",
    before: ["1-30-6", "1-30-5"],
    config: managed({ revision: "1-30-5", canary }),
    removed: [],
  },
  {
    what: "none that is abandoned",
    before: ["default"],
    config: managed({ ...canary, abandonedRevisions: ["default"] }),
    removed: [],
  },
  { what: "none after a release that published none", before: [], config: managed(canary), removed: [] },
  { what: "none of an Istio that another program installs", before: ["default"], config: existing, removed: [] },
])("removes $what", ({ before, config, removed }) => expect(removedControlPlanes(before, config)).toEqual(removed));

test.each([
  { outputs: {}, published: [] },
  { outputs: { controlPlanes: ["default"] }, published: ["default"] },
  { outputs: { controlPlanes: "default" }, published: [] },
  { outputs: { controlPlanes: [1] }, published: [] },
])("reads $published in $outputs", ({ outputs, published }) =>
  expect(publishedControlPlanes(outputs)).toEqual(published),
);

describe("pods of a removed control plane", () => {
  const pod = (namespace: string, name: string, revision: string, labels = {}) => ({
    namespace,
    name,
    revision,
    labels,
  });
  const gateway = { gateway: { provider: "managed", name: "ewgw", namespace: "istio-system" } } as MeshConfig;
  const problems = (pods: ReturnType<typeof pod>[], config = gateway) =>
    controlPlaneFindings(["old"], pods, config).map(({ subject, problem }) => `${subject}: ${problem}`);

  test("are named, the first three of them", () => {
    const five = ["e", "d", "c", "b", "a"].map((name) => pod("shop", name, "old"));
    expect(problems(five)).toEqual(["control plane old: pods still use it: shop/a, shop/b, shop/c and 2 more"]);
    expect(problems(five.slice(4))).toEqual(["control plane old: pods still use it: shop/a"]);
  });

  test("are not those of another control plane, nor the managed gateway's, which roll", () => {
    const labels = { "mesh-federation.dev/gateway": "ewgw" };
    const rolling = pod("istio-system", "ewgw-1", "old", labels);
    expect(problems([pod("shop", "cart", "new"), rolling])).toEqual([]);
    expect(problems([pod("shop", "ewgw-1", "old", labels)])).toHaveLength(1);
    expect(problems([rolling], { gateway: { provider: "none" } } as MeshConfig)).toHaveLength(1);
  });
});
