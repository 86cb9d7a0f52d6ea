import type { FederationContract } from "../../../federation/contract/contract.ts";
import { planFederation } from "../../../federation/planFederation.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { findingText } from "../../../federation/errors/userError.ts";
import { deploymentOrder } from "../../../review/deployment/deploymentOrder.ts";
import { peersOf, planRevision } from "../../../review/revision/planRevision.ts";
import type { DeclaredStack, Revision } from "../../../review/revision/revision.ts";
import { contractsOf, example, exported, imported, mesh, planned, revisionOf, type Stacks } from "./federation.ts";

function orderOf(after: Stacks, before: Stacks) {
  const deployed = contractsOf(before);
  const { revision, federation } = planned(after, deployed);
  const { blocked, ...order } = deploymentOrder(revision, federation, new Map(deployed.map((c) => [c.mesh.name, c])));
  expect(blocked).toEqual([]);
  return order;
}
const without = (key: "exports" | "imports", stack: string, stacks = example()): Stacks => ({
  ...stacks,
  [stack]: { ...stacks[stack], [key]: [] },
});
const failed = (stacks: Stacks, deployed = example()) => planned(stacks, contractsOf(deployed)).federation.failed;

describe("the checks of a deployment order", () => {
  test("fail at the importer of a removed export", () => {
    expect(failed(without("exports", "west"))).toMatchObject([{ stack: "east", subject: 'import "httpbin"' }]);
  });

  test("pass when import and export are removed, importer first", () => {
    const after = without("exports", "west", without("imports", "east"));
    expect(failed(after)).toEqual([]);
    expect(orderOf(after, example())).toEqual({ steps: ["east", "west"], unfinished: [] });
  });

  test("put a new export before its import", () => {
    expect(orderOf(example(), without("exports", "west", without("imports", "east")))).toEqual({
      steps: ["west", "east"],
      unfinished: [],
    });
  });

  test("put a new gateway address before its users", () => {
    const after = example();
    after["west"]!["gateway"].addresses = ["192.0.2.11"];
    expect(orderOf(after, example())).toEqual({ steps: ["west", "east"], unfinished: [] });
  });

  test("deploy an importer twice when it replaces an import", () => {
    const after: Stacks = {
      east: mesh("east", { imports: [imported("cart")] }),
      west: mesh("west", { exports: [exported("cart")] }),
    };
    expect(orderOf(after, example())).toEqual({ steps: ["east", "west", "east"], unfinished: [] });
  });

  test("leave an import from an unknown mesh pending", () => {
    const after = example();
    after["east"]!["peers"] = { north: { stack: "o/p/north" } };
    after["east"]!["imports"].push(imported("x", { from: "north" }));
    expect(orderOf(after, example())).toEqual({
      steps: ["east", "west"],
      unfinished: [expect.objectContaining({ stack: "east", subject: 'import "x" from "north"' })],
    });
  });

  test("block a stack that fails in any order", () => {
    const deployed = contractsOf(example());
    const { revision, federation } = planned(without("exports", "west"), deployed);
    const { steps, blocked } = deploymentOrder(revision, federation, new Map(deployed.map((c) => [c.mesh.name, c])));
    expect(blocked).toMatchObject([
      { stack: "east", code: "import-host-refused" },
      { stack: "west", code: "export-breaks-import" },
    ]);
    expect(JSON.stringify(blocked)).toContain("east");
    expect(steps).not.toContain("west");
  });

  test("block an imported exporter with another trust domain", () => {
    const after = example();
    after["west"]!["mesh"].trustDomain = "west.example";
    after["west"]!["mesh"].acceptedTrustDomains = ["cluster.local"];
    after["east"]!["mesh"].acceptedTrustDomains = ["west.example"];
    after["west"]!["exports"][0].callers = [];
    const deployed = contractsOf(example());
    const blockedBy = () => {
      const { revision, federation } = planned(after, deployed);
      return deploymentOrder(revision, federation, new Map(deployed.map((c) => [c.mesh.name, c]))).blocked;
    };
    expect(blockedBy()).toMatchObject([{ stack: "west", code: "trust-domain-change" }]);
    after["west"]!["allowBreaking"] = ["httpbin"];
    expect(blockedBy()).toEqual([]);
  });

  test("name an importer of another project", () => {
    const other = contractsOf({
      ...example(),
      west: mesh("west", { exports: [exported("httpbin", { to: ["east", "south"] })] }),
      south: mesh("south", { imports: [imported("httpbin")] }),
    }).find((c) => c.mesh.name === "south")!;
    const after = without("exports", "west", without("imports", "east"));
    after["west"]!["peers"] = { south: { stack: "other/project/south" } };
    const found = planned(after, [other]).federation.failed;
    expect(found).toMatchObject([{ stack: "west", subject: expect.stringContaining('export "httpbin"') }]);
    expect(JSON.stringify(found)).toContain("south");
  });

  test.each([
    {
      what: "narrowed callers",
      change: (s: Stacks) => (
        (s["east"]!["imports"][0].client = { namespace: "sleep", serviceAccount: "sleep" }),
        (s["west"]!["exports"][0].callers = ["shop/cart"])
      ),
      says: /no longer admits caller sleep\/sleep/,
    },
    {
      what: "not for this mesh",
      change: (s: Stacks) => ((s["west"]!["exports"][0].to = ["north"]), (s["north"] = mesh("north"))),
      says: /exports it to north, not to "east"/,
    },
  ])("fail for $what", ({ change, says }) => {
    const stacks = example();
    change(stacks);
    expect(failed(stacks).map(findingText).join("\n")).toMatch(says);
  });

  test("know the trust domains of all contracts and contract files, as the program does", () => {
    const south = contractsOf({ south: mesh("south", { mesh: { name: "south", trustDomain: "south.example" } }) })[0]!;
    const west = (peer: object): Stacks => ({
      west: mesh("west", {
        mesh: { name: "west", slot: 1 },
        istio: { provider: "managed" },
        exports: [exported("httpbin", { to: ["south"], callers: [] })],
        peers: { south: peer },
      }),
    });
    const acceptedBy = (
      stacks: Stacks,
      deployed: FederationContract[],
      contractFiles: Revision["contractFiles"] = new Map(),
    ) => {
      const revision = { ...revisionOf(stacks), contractFiles };
      const { meshes, failed } = planRevision(revision, new Map(deployed.map((c) => [c.mesh.name, c])), releaseSources);
      expect(failed).toEqual([]);
      const { identity } = planFederation(
        { ...meshes[0]!.config, imports: [] },
        {},
        [],
        peersOf(meshes[0]!, new Map(deployed.map((c) => [c.mesh.name, c])), revision),
      );
      expect(meshes[0]!.contract.mesh).toEqual(identity);
      return identity.acceptedTrustDomains;
    };
    expect(acceptedBy(west({ stack: "o/p/south" }), [south])).toEqual(["south.example"]);
    expect(acceptedBy(west({ file: "south.json" }), [], new Map([["south.json", south]]))).toEqual(["south.example"]);
    expect(acceptedBy(west({ stack: "o/p/south", trustDomain: "other.example" }), [])).toEqual(["other.example"]);
  });

  test.each<{ what: string; stack: Partial<DeclaredStack>; facts: string[][] }>([
    {
      what: "the root's key in a mesh's stack",
      stack: { raw: { ...mesh("east"), root: { commonName: "Root CA" } } },
      facts: [["root", "trust"]],
    },
    {
      what: "a secret key that nothing reads",
      stack: { raw: mesh("east"), secrets: { kubeconfg: "1" } },
      facts: [["kubeconfg", "kubeconfig"]],
    },
    {
      what: "a secret inside a key of a mesh",
      stack: {
        raw: mesh("east", { peers: { north: { stack: "[secret]/p/north" } } }),
        secrets: { "peers.north.stack": "1", kubeconfig: "2" },
      },
      facts: [],
    },
    {
      what: "a kubeconfig that is no secret, which the program takes too",
      stack: { raw: mesh("east", { kubeconfig: "text" }) },
      facts: [],
    },
    {
      what: "a mesh's keys in the trust stack",
      stack: { role: "trust", raw: { mesh: {}, imports: [imported("httpbin")] }, secrets: { kubeconfig: "1" } },
      facts: [
        ["imports", "mesh"],
        ["kubeconfig", "mesh"],
      ],
    },
    {
      what: "a wrong root",
      stack: { role: "trust", raw: { root: { validityHours: 1, rsabits: 2048 } } },
      facts: [["root", "rsabits"]],
    },
    {
      what: "a root that cannot be",
      stack: { role: "trust", raw: { root: { validityHours: 1 } } },
      facts: [["root.intermediateValidityHours"], ["root.earlyRenewalHours"]],
    },
    { what: "a right root", stack: { role: "trust", raw: { root: { commonName: "Root CA" } } }, facts: [] },
  ])("have the findings of the program: $what", ({ stack, facts }) => {
    const declared: DeclaredStack = { stack: "one", role: "mesh", raw: {}, secrets: {}, ...stack };
    const found = planRevision({ stacks: [declared], contractFiles: new Map() }, new Map(), releaseSources).failed;
    expect([...new Set(found.map((f) => f.stack))]).toEqual(facts.length > 0 ? ["one"] : []);
    const text = found.map(findingText).join("\n");
    for (const fact of facts.flat()) expect(text).toContain(fact);
  });
});
