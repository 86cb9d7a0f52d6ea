import type { UserError } from "../../../federation/errors/userError.ts";
import { named, valueOf, type Graph } from "../components/graph.ts";
import { committed, run } from "./meshStack.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({ services: [], rules: [], entries: [], accounts: new Map(), unread: [] }),
}));

beforeEach(() => void jest.spyOn(console, "warn").mockImplementation(() => undefined));

const mesh = (istio: unknown) => ({
  ...committed("west"),
  "mesh-federation:istio": { provider: "managed", ...(istio as {}) },
});
const istiods = (graph: Graph<unknown>) =>
  graph.resources.filter(({ name }) => name.startsWith("istio-istiod")).map(({ name }) => name);

describe("a managed Istio with revisions", () => {
  const [old, next] = [
    { revision: "1-30-5", version: "1.30.5" },
    { revision: "1-30-6", version: "1.30.6", tag: "1.30.6-distroless" },
  ];
  const service = (graph: Graph<unknown>) =>
    named(graph, "istio-default-tag").inputs.webhooks[0].clientConfig.service.name;

  test("is upgraded by a canary in three updates, each of which keeps what is in use", async () => {
    const [first, beside, moved, last] = [
      await run("west", { config: mesh(old) }),
      await run("west", { config: mesh({ ...old, canary: next }) }),
      await run("west", { config: mesh({ ...next, canary: old }) }),
      await run("west", { config: mesh(next) }),
    ];
    expect([first, beside, moved, last].map((graph) => [istiods(graph).sort(), service(graph)])).toEqual([
      [["istio-istiod-1-30-5"], "istiod-1-30-5"],
      [["istio-istiod-1-30-5", "istio-istiod-1-30-6"], "istiod-1-30-5"],
      [["istio-istiod-1-30-5", "istio-istiod-1-30-6"], "istiod-1-30-6"],
      [["istio-istiod-1-30-6"], "istiod-1-30-6"],
    ]);
    const published = await Promise.all(
      [first, beside, last].map(({ result }) => valueOf(result["controlPlanes"] as never)),
    );
    expect(published).toEqual([["1-30-5"], ["1-30-5", "1-30-6"], ["1-30-6"]]);
    // A control plane is the same one before and after the tag moves.
    for (const name of istiods(beside)) expect(named(moved, name).inputs).toEqual(named(beside, name).inputs);
    expect(named(beside, "istio-istiod-1-30-6").inputs).toMatchObject({
      ...{ name: "istiod-1-30-6", version: "1.30.6" },
      values: { revision: "1-30-6", global: { tag: "1.30.6-distroless", network: "network-west" } },
    });
    expect(named(moved, "istio-base").inputs.values).toMatchObject({ defaultRevision: "1-30-6" });
    expect(named(moved, "istio-default-tag").dependencies).toContain("istio-istiod-1-30-6");
    expect(named(moved, "east-west-gateway-chart").inputs.values).toMatchObject({ revision: "1-30-6" });
  });

  test.each([
    { istio: { canary: next }, says: /istio\.revision: is missing/ },
    { istio: { ...old, canary: old }, says: /istio\.canary\.revision: must be another/ },
    { istio: { revision: "default" }, says: /istio\.revision: must not be "default"/ },
    { istio: { ...old, canary: { ...next, values: { revision: "blue" } } }, says: /istio\.canary\.values\.revision/ },
    { istio: { ...old, values: { revisionTags: ["prod"] } }, says: /istio\.values\.revisionTags/ },
    {
      istio: { ...old, canary: { ...next, values: { meshConfig: { caCertificates: [] } } } },
      says: /istio\.canary\.values\.meshConfig\.caCertificates: is set/,
    },
  ])("refuses $istio", async ({ istio, says }) => {
    const refusal = await run("west", { config: mesh(istio) }).then(
      () => undefined,
      (error: UserError) => error.details.map(({ subject, problem }) => `${subject}: ${problem}`).join("\n"),
    );
    expect(refusal).toMatch(says);
  });
});
