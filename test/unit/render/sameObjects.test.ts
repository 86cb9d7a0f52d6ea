import type { FederationContract } from "../../../federation/contract/contract.ts";
import { parseContract } from "../../../federation/contract/contract.ts";
import type { FederationObject } from "../../../federation/objects/federationObject.ts";
import { readLiveCluster } from "../../../kube/liveCluster.ts";
import { readRenderedMesh } from "../../../workspace/renderedFolder.ts";
import type { Registered } from "../components/graph.ts";
import { core, edge, shop } from "../golden/federation.ts";
import { keys, meshGraph } from "../golden/graph.ts";
import { RenderFolder } from "./folder.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({ readLiveCluster: jest.fn() }));

beforeEach(() => {
  jest.spyOn(console, "warn").mockImplementation(() => undefined);
  // What is rendered is not compared with a cluster either.
  jest.mocked(readLiveCluster).mockRejectedValue(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
});

/** Istio's objects that the components register, and the Service of the gateway, sorted; without Pulumi's own keys. */
function registered(resources: Awaited<ReturnType<typeof meshGraph>>["resources"]): unknown[] {
  const ours = (resources as Registered[]).filter(
    ({ type, inputs }) =>
      /^kubernetes:(networking|security)\.istio\.io\//.test(type) ||
      (type === "kubernetes:core/v1:Service" && inputs.metadata.labels["mesh-federation.dev/gateway"]),
  );
  return sorted(ours.map(({ inputs }) => withoutPulumi(inputs)));
}

function withoutPulumi({ apiVersion, kind, metadata, spec }: any): FederationObject {
  const { annotations = {}, ...rest } = metadata;
  const own = Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith("pulumi.com/")));
  return {
    apiVersion: apiVersion ?? "v1",
    kind: kind ?? "Service",
    metadata: { ...rest, ...(Object.keys(own).length > 0 ? { annotations: own } : {}) },
    spec,
  };
}

function sorted(objects: FederationObject[]): FederationObject[] {
  const key = ({ kind, metadata }: FederationObject) => `${kind} ${metadata.namespace} ${metadata.name}`;
  return objects.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

const quarantining = { ...core, quarantine: ["edge"] };

test.each([
  ["every kind of export and import", { core, edge, shop }],
  ["a mesh in quarantine", { core: quarantining, edge: { ...edge, imports: [] }, shop }],
])("what is rendered is what the components register, with %s", async (_, stacks) => {
  const folder = new RenderFolder(stacks);
  const peers: Record<string, FederationContract> = {};
  const graphs = new Map<string, Awaited<ReturnType<typeof meshGraph>>>();
  // The second `up` of the first mesh finds the others.
  for (const [stack, raw] of [...Object.entries(stacks), ...Object.entries(stacks)]) {
    const { [stack]: _own, ...others } = peers;
    const graph = await meshGraph({ stack, config: keys(raw), peers: others });
    graphs.set(stack, graph);
    peers[stack] = graph.contract!;
    folder.write(`deployed/${stack}.json`, JSON.stringify(graph.contract));
  }
  expect((await folder.render({ contracts: `${folder.folder}/deployed` })).failed).toEqual([]);
  for (const [stack, { resources, contract }] of graphs) {
    const rendered = readRenderedMesh(folder.out, stack);
    expect(sorted(rendered.objects)).toEqual(registered(resources));
    expect(rendered.contract).toEqual(parseContract(contract, stack));
  }
  folder.remove();
});
