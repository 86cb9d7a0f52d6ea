import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rootFingerprints } from "../../../federation/trust/caMaterial.ts";
import { exported, imported, mesh } from "../review/federation.ts";
import { makeRoot } from "../../support/pki.ts";
import { apart, codesOf, folderOf, removeFolders, westOf } from "./folder.ts";

afterEach(removeFolders);

describe("what is refused", () => {
  test("an address that only the cluster knows, unless the published contract has it", async () => {
    const folder = folderOf(apart({ gateway: { provider: "managed" } }));
    expect(codesOf((await folder.render()).failed)).toEqual(["west render-address-unknown"]);
    expect(existsSync(folder.out)).toBe(false);
    const known = folderOf(apart());
    await known.render();
    folder.write("deployed/west.json", JSON.stringify(known.contract("west")));
    expect((await folder.render({ contracts: join(folder.folder, "deployed") })).failed).toEqual([]);
    expect(folder.contract("east").imports[0].gateways[0].address).toBe("192.0.2.10");
  });

  test("an import without a rule where the MeshConfig of a managed Istio has no automatic mTLS", async () => {
    const managed = (meshConfig: object, more = {}) => {
      const stacks = apart();
      const istio = { provider: "managed", values: { meshConfig } };
      return { ...stacks, east: { ...stacks["east"], istio, ...more } };
    };
    const off = { enableAutoMtls: false };
    const failedWith = async (stacks: Parameters<typeof folderOf>[0]) =>
      codesOf((await folderOf(stacks).render()).failed);
    expect(await failedWith(managed(off))).toEqual(["east mesh-config-needs-rule"]);
    expect(await failedWith(managed(off, { importRules: "always" }))).toEqual([]);
    expect(await failedWith(managed({}))).toEqual([]);
  });

  test("pins where the roots are not known, unless a file has them", async () => {
    const root = await makeRoot("West");
    const [sha256] = rootFingerprints(root.certPem);
    const folder = folderOf(apart());
    const pinned = (ca: object) => {
      const stacks = apart(ca);
      const peers = { west: { trustDomain: "west.example", roots: [sha256] } };
      return { ...stacks, east: { ...stacks["east"], peers } };
    };
    folder.write("west.pem", root.certPem);
    folder.write("east.pem", (await makeRoot("East")).certPem);
    const eastCa = { ca: { provider: "external", rootFile: "east.pem" } };
    const both = (ca: object) => {
      const stacks = pinned(ca);
      return { ...stacks, east: { ...stacks.east, ...eastCa } };
    };
    folder.stacks(both({}));
    expect(codesOf((await folder.render()).failed)).toContain("west render-roots-unknown");
    folder.stacks(both({ ca: { provider: "external", rootFile: "west.pem" } }));
    expect(codesOf((await folder.render()).failed)).toEqual([]);
    expect(folder.contract("west").mesh.roots).toEqual([expect.objectContaining({ sha256 })]);
  });

  test("what the program refuses, by the same codes and all at once", async () => {
    const stacks = apart();
    const broken = { ...stacks["east"], imports: [imported("other"), imported("httpbin", { from: "north" })] };
    const folder = folderOf({ east: broken, west: westOf({ gateway: { provider: "none" } }) });
    expect(codesOf((await folder.render()).failed)).toEqual(
      expect.arrayContaining(["east config-peer-unknown", "west gateway-missing"]),
    );
    folder.stacks({ ...stacks, east: { ...stacks["east"], imports: [imported("other")] } });
    expect(codesOf((await folder.render()).failed)).toEqual(["east import-not-exported"]);
  });

  test("a pending import, where the stack requires its imports", async () => {
    const stacks = apart();
    const folder = folderOf({ ...stacks, east: { ...stacks["east"], requireImports: true } });
    expect(codesOf((await folder.render({ stacks: ["east"] })).failed)).toEqual(["east import-pending"]);
  });
});

describe("one stack alone", () => {
  test("takes a peer as the folder has it, and keeps its files", async () => {
    const folder = folderOf(apart());
    await folder.render({ stacks: ["west"] });
    const before = folder.files();
    expect(Object.keys(before).some((path) => path.startsWith("east/"))).toBe(false);
    folder.stacks(apart({ gateway: { provider: "existing", addresses: ["192.0.2.99"] } }));
    await folder.render({ stacks: ["east"] });
    expect(folder.files()["west/contract.json"]).toBe(before["west/contract.json"]);
    expect(folder.contract("east").imports[0].gateways[0].address).toBe("192.0.2.10");
    // An export that the folder's other mesh imports is not removed alone.
    folder.stacks(apart({ exports: [] }));
    expect(codesOf((await folder.render({ stacks: ["west"] })).failed)).toEqual(["west export-breaks-import"]);
  });

  test("leaves imports pending while nothing of the peer is known", async () => {
    const folder = folderOf(apart());
    const { pending } = await folder.render({ stacks: ["east"] });
    expect(pending).toMatchObject([{ mesh: "east", name: "httpbin", from: "west" }]);
    expect(pending[0]!.reason).toContain("peers.west.file");
    expect(folder.files()["REVIEW.md"]).toContain("## Pending");
  });

  test("takes the contract of a peer from a file", async () => {
    const peer = folderOf(apart());
    await peer.render();
    const stacks = apart();
    const west = { trustDomain: "west.example", hosts: ["mesh.global"], file: "contracts/west.json" };
    const folder = folderOf({ east: { ...stacks["east"], peers: { west } } });
    folder.write("contracts/west.json", JSON.stringify(peer.contract("west")));
    expect((await folder.render()).failed).toEqual([]);
    expect(folder.contract("east").imports).toHaveLength(1);
    folder.write("contracts/west.json", "{}");
    await expect(folder.render()).rejects.toMatchObject({ code: "render-refused" });
  });
});

test("a quarantine keeps the trust domains that an earlier run has denied", async () => {
  const stacks = apart();
  const folder = folderOf(stacks);
  const peers = { west: { file: "west.json" } };
  await folder.render();
  folder.write("west.json", JSON.stringify(folder.contract("west")));
  const alone = { east: { ...stacks["east"], peers, quarantine: ["west"] } };
  folder.stacks(alone);
  await folder.render();
  const policy = "east/authorizationpolicy-istio-system-quarantine-west.yaml";
  expect(folder.files()[policy]).toContain("west.example/*");
  // The peer's next contract names another trust domain.
  const { mesh: identity, ...rest } = JSON.parse(readFileSync(join(folder.folder, "west.json"), "utf8"));
  const moved = { ...rest, mesh: { ...identity, trustDomain: "moved.example" }, exports: [] };
  folder.write("west.json", JSON.stringify(moved));
  expect((await folder.render()).failed).toEqual([]);
  expect(folder.files()[policy]).toContain("west.example/*");
  expect(folder.files()[policy]).toContain("moved.example/*");
});

describe("the review", () => {
  test("says in words what changes, and that nothing does", async () => {
    const folder = folderOf(apart());
    await folder.render();
    const first = folder.files();
    expect(first["REVIEW.md"]).toContain("+ west exports httpbin/httpbin:8000 as httpbin to east, callers sleep/sleep");
    const base = join(folder.folder, "base");
    for (const [path, text] of Object.entries(first)) folder.write(`base/${path}`, text);
    await folder.render();
    expect(folder.files()["REVIEW.md"]).toContain("Nothing changes.");

    const wider = exported("httpbin", { callers: ["sleep/sleep", "web/cart"] });
    folder.stacks(apart({ exports: [wider, exported("orders")], gateway: gatewayAt("192.0.2.11") }));
    await folder.render();
    const review = folder.files()["REVIEW.md"]!;
    for (const line of [
      "~ mesh west: gateway 192.0.2.10:15443 -> 192.0.2.11:15443",
      "~ west exports httpbin: callers + web/cart",
      "+ west exports httpbin/orders:8000 as orders to east, callers sleep/sleep",
      "~ west: AuthorizationPolicy httpbin/export-httpbin: spec.rules",
      "+ west: Gateway istio-system/export-orders",
    ])
      expect(review).toContain(line);
    // Against the same base it is the same, however often it is rendered.
    await folder.render({ base });
    const against = folder.files()["REVIEW.md"];
    await folder.render({ base });
    expect(folder.files()["REVIEW.md"]).toBe(against);
    folder.stacks({ east: mesh("east") });
    await folder.render();
    expect(folder.files()["REVIEW.md"]).toContain("- mesh west");
  });

  const gatewayAt = (address: string) => ({ provider: "existing", addresses: [address] });
});
