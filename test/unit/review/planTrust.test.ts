import type { FederationContract } from "../../../federation/contract/contract.ts";
import { deploymentOrder, sameContract } from "../../../review/deployment/deploymentOrder.ts";
import { trustChanges } from "../../../review/trust/trustChanges.ts";
import { roots } from "../support/roots.ts";
import { contractsOf, exported, imported, mesh, planned, type Stacks } from "./federation.ts";

const [eastRoot, westRoot] = roots;

/** Two meshes of different roots, on an Istio that the program installs unless stated: east imports from west. */
function stacks(eastPins: string[], westPins: string[], istio: object = { provider: "managed" }): Stacks {
  const of = (name: string, peer: string, pins: string[], more: object): Record<string, any> =>
    mesh(name, {
      mesh: { name, trustDomain: `${name}.example`, acceptedTrustDomains: [`${peer}.example`] },
      peers: { [peer]: { roots: pins } },
      istio,
      ...more,
    });
  return {
    east: of("east", "west", eastPins, { imports: [imported("httpbin")] }),
    west: of("west", "east", westPins, { exports: [exported("httpbin")] }),
  };
}

/** What both publish: their roots and CAs, and whom they trust. */
function deployed(trusts: Record<string, string[]> = {}): FederationContract[] {
  return contractsOf(stacks([], [])).map((contract) => {
    const root = contract.mesh.name === "east" ? eastRoot : westRoot;
    const other = contract.mesh.name === "east" ? "west" : "east";
    const trusted = trusts[other] === undefined ? {} : { [other]: trusts[other] };
    return { ...contract, mesh: { ...contract.mesh, roots: [root], ca: { pem: root.pem }, trusts: trusted } };
  });
}

const both = stacks([westRoot.sha256], [eastRoot.sha256]);
const trusting = () => deployed({ west: [westRoot.sha256], east: [eastRoot.sha256] });

describe("the planned trust of a mesh", () => {
  test("is what it publishes, with its CA, when nothing changes", () => {
    const { federation } = planned(both, trusting());
    const before = new Map(trusting().map((c) => [c.mesh.name, c]));
    expect(federation.failed).toEqual([]);
    for (const { name, contract } of federation.meshes) expect(sameContract(contract, before.get(name))).toBe(true);
  });

  test("is told where the next up changes it", async () => {
    const [base, head] = [planned(stacks([], []), deployed()), planned(both, deployed())];
    const lines = (await trustChanges(base, head)).map(({ text }) => text);
    expect(lines.filter((line) => line.startsWith("up of"))).toEqual([
      `up of stack east would trust west by roots + ${westRoot.sha256}`,
      `up of stack west would trust east by roots + ${eastRoot.sha256}`,
    ]);
  });

  test("is not told where the next up changes it without the change, too", async () => {
    const revision = planned(both, deployed());
    const lines = (await trustChanges(revision, planned(both, deployed()))).map(({ text }) => text);
    expect(lines.filter((line) => line.startsWith("up of"))).toEqual([]);
  });

  test("of an existing Istio is what the last up has found there", () => {
    const existing = stacks([westRoot.sha256], [eastRoot.sha256], { provider: "existing", version: "1.30.1" });
    const installed = planned(existing, trusting()).federation.meshes.map(({ contract }) => contract.mesh.trusts);
    expect(installed).toEqual([{ west: [westRoot.sha256] }, { east: [eastRoot.sha256] }]);
    const { revision, federation } = planned(existing, deployed());
    expect(federation.meshes.map(({ contract }) => contract.mesh.trusts)).toEqual([{}, {}]);
    const { unfinished } = deploymentOrder(revision, federation, new Map(deployed().map((c) => [c.mesh.name, c])));
    expect(unfinished.filter(({ code }) => code === "review-trust-pending").map(({ subject }) => subject)).toEqual([
      'mesh "west"',
      'mesh "east"',
    ]);
  });

  test("is pending, and imports with it, while a root is not pinned", () => {
    const { revision, federation } = planned(stacks([westRoot.sha256], []), deployed());
    const [east] = federation.meshes;
    expect(east!.imports[0]!.pending).toContain("does not trust this mesh's root");
    const contracts = new Map(deployed().map((c) => [c.mesh.name, c]));
    const { unfinished, blocked } = deploymentOrder(revision, federation, contracts);
    expect(blocked).toEqual([]);
    expect(unfinished.map(({ stack, code, subject }) => [stack, code, subject])).toEqual([
      ["east", "review-import-pending", 'import "httpbin" from "west"'],
      ["west", "review-trust-pending", 'mesh "east"'],
    ]);
  });

  test("waits for a peer in quarantine", () => {
    const quarantined = structuredClone(both);
    quarantined["east"]!["quarantine"] = ["west"];
    const { federation } = planned(quarantined, trusting());
    expect(federation.meshes[0]!.imports[0]!.pending).toContain("quarantine");
  });

  test("fails where the pin of a peer goes that an import needs, also without an export", () => {
    const { federation } = planned(stacks([], [eastRoot.sha256]), trusting());
    expect(federation.failed.map(({ stack, code, subject }) => [stack, code, subject])).toEqual([
      ["east", "anchor-removed-while-used", "peers.west.roots"],
    ]);
  });

  test("fails where a peer's root is another than the pinned one", () => {
    const { federation } = planned(stacks([eastRoot.sha256], [eastRoot.sha256]), trusting());
    expect(federation.failed.map(({ stack, code }) => [stack, code])).toEqual([["east", "peer-root-differs"]]);
  });
});
