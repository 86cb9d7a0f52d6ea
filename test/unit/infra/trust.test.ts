import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificatesIn } from "../../../federation/trust/certificate.ts";
import type { ContractRoot } from "../../../federation/contract/contract.ts";
import { trustProgram } from "../../../infra/trust.ts";
import { named, record, valueOf } from "../components/graph.ts";
import { makeRequest, makeRoot } from "../../support/pki.ts";
import { trustMocks } from "../support/trust.ts";
import { published } from "./refusals.ts";

const mocks = trustMocks({ east: "cluster.local", west: "cluster.local", north: "north.example" });

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  jest.spyOn(console, "warn").mockImplementation((text) => void warnings.push(String(text)));
});

/** Runs the trust stack of this project; `published` are the outputs of the meshes' stacks, all of them by default. */
async function run(
  config: Record<string, unknown>,
  published?: (mesh: string) => unknown,
  stateOf = (type: string, pki: Awaited<typeof mocks>) => pki.stateOf(type, "trust"),
) {
  const pki = await mocks;
  return record(() => trustProgram(), {
    stack: "trust",
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`mesh-federation:${key}`, value])),
    stateOf: (type) => stateOf(type, pki),
    invoke: async (_token, { name }) => {
      const mesh = name.split("/").at(-1);
      return { outputs: await (published ?? pki.requestsOf)(mesh) };
    },
  });
}

const constraintsOf = async (pems: string[] = []) =>
  (await certificatesIn(pems.join(""))).map(({ permittedUris, pathLength }) => [permittedUris.join(), pathLength]);

describe("the trust stack", () => {
  test("makes a root as its key `root` says, which no `up` renews", async () => {
    const graph = await run({ root: { commonName: "Company Root", validityHours: 100_000 } });
    const { inputs } = named(graph, "trust-root");
    expect(inputs).toMatchObject({
      subject: { commonName: "Company Root", organization: "mesh-federation" },
      validityPeriodHours: 100_000,
    });
    expect(inputs.earlyRenewalHours).toBeUndefined();
    expect(named(await run({}), "trust-root").inputs.validityPeriodHours).toBe(87_600);
  });

  test("signs the requests of its meshes, each bound to its trust domain, and holds no key of a mesh", async () => {
    const graph = await run({ meshes: { north: { trustDomain: "north.example", stack: "theirs/mesh/north" } } });
    const certificates = await valueOf(graph.result.certificates);
    expect(Object.keys(certificates)).toEqual(["east", "north", "west"]);
    expect(await constraintsOf(certificates["east"])).toEqual([["cluster.local", 0]]);
    expect(await constraintsOf(certificates["north"])).toEqual([["north.example", 0]]);
    expect(graph.resources.filter(({ type }) => type.startsWith("tls:")).map(({ name }) => name)).toEqual([
      "trust-root-key",
      "trust-root",
    ]);
    expect(warnings.join()).toMatch(/meshes "east", "west": they have one trust domain, cluster\.local/);
  });

  test("signs each request under both roots while meshes change from one to the other", async () => {
    const graph = await run({ root: { generations: [1, 2] } });
    expect((await valueOf(graph.result.roots)).map(({ number }) => number)).toEqual([1, 2]);
    expect((await valueOf(graph.result.certificates))["east"]).toHaveLength(2);
    expect(named(graph, "trust-root-2")).toBeDefined();
  });

  test("announces the renewal of its meshes' CAs 30 days before", async () => {
    const since = (days: number) => (type: string, pki: Awaited<typeof mocks>) => ({
      ...pki.stateOf(type, "trust"),
      validityStartTime: new Date(Date.now() - days * 86_400_000).toISOString(),
    });
    await valueOf((await run({}, undefined, since(660))).result.certificates);
    expect(warnings.join()).not.toMatch(/ca-renewal-near/);
    await valueOf((await run({}, undefined, since(680))).result.certificates);
    expect(warnings.join().match(/CA of mesh "(east|west)": its certificate is renewed from/g)).toHaveLength(2);
  });

  test("waits for a mesh that has no request yet, and signs those of the others", async () => {
    const pki = await mocks;
    const graph = await run({}, (mesh) => {
      if (mesh === "east") throw new Error('unknown stack "organization/mesh-federation/east"');
      return pki.requestsOf(mesh);
    });
    expect(Object.keys(await valueOf(graph.result.certificates))).toEqual(["west"]);
    expect(warnings.join()).toMatch(/no certificate is signed yet for "east"/);
  });

  test("changes nothing when a request cannot be read", async () => {
    const failing = run({}, (mesh) => {
      throw new Error(`no access to ${mesh}`);
    });
    await expect(failing).rejects.toThrow(/\[ca-request-unreadable\]/);
  });

  test("rejects a wrong key, and trust domains that no constraint keeps apart, before any resource", async () => {
    await expect(run({ root: { rsabits: 4096 } })).rejects.toThrow(
      /\[config-invalid\]\n {2}- root\.rsabits: .*"rsaBits".*\[config-key-unknown\]/,
    );
    await expect(run({ meshes: { north: { trustDomain: "north.1", stack: "a/b/c" } } })).rejects.toThrow(
      /"north\.1" cannot be in a name constraint.*\[trust-domain-not-bindable\]/,
    );
    await expect(run({ meshes: { north: { trustDomain: "north.cluster.local", stack: "a/b/c" } } })).rejects.toThrow(
      /north\.cluster\.local is inside cluster\.local.*\[peer-trust-domain-nested\]/,
    );
  });

  test("keeps a root that a mesh still has in its bundle", async () => {
    const pki = await mocks;
    const root = pki.trust.roots[0]!;
    const next = await makeRoot("next", { kind: "ec" });
    const change = (roots: ContractRoot[]) =>
      run({ root: { generations: [2] } }, (mesh) => {
        if (mesh === "trust") return { roots: [root, { number: 2, pem: next.certPem }] };
        return { ...pki.requestsOf(mesh), federation: { mesh: { roots } } };
      });
    const [old, fresh] = published([{ ...next, certPem: root.pem }, next], next);
    await expect(change([old!, fresh!])).rejects.toMatchObject({
      code: "trust-mismatch",
      details: [
        { code: "root-in-use", subject: 'mesh "east"', problem: expect.stringContaining("root 1 (retiring)") },
        { code: "root-in-use", subject: 'mesh "west"' },
      ],
    });
    expect(named(await change([fresh!]), "trust-root-2")).toBeDefined();
  });

  test("keeps a root that a mesh may have whose contract cannot be read, and says which mesh to remove", async () => {
    const pki = await mocks;
    const file = join(mkdtempSync(join(tmpdir(), "request-")), "north.csr");
    writeFileSync(file, pki.requestsOf("north").certificateRequests[0]!.pem);
    const change = (unreadable: string[]) =>
      run(
        {
          root: { generations: [2] },
          meshes: {
            north: { trustDomain: "north.example", requestFile: file },
            constructor: { trustDomain: "south.example", stack: "theirs/mesh/south" },
          },
        },
        (mesh) => {
          if (mesh === "trust") return { roots: pki.trust.roots };
          return { ...pki.requestsOf(mesh), ...(unreadable.includes(mesh) ? { federation: { mesh: 1 } } : {}) };
        },
      );
    await expect(change(["south", "east"])).rejects.toMatchObject({
      code: "trust-mismatch",
      details: [
        { code: "root-use-unknown", subject: 'mesh "constructor"', remedy: expect.stringContaining("Remove meshes.") },
        { code: "root-use-unknown", subject: 'mesh "east"', remedy: expect.not.stringContaining("Remove meshes.") },
      ],
    });
    warnings = [];
    expect(named(await change([]), "trust-root-2")).toBeDefined();
    expect(
      warnings.join().match(/mesh "north": only its request is known, by a file.*?\(1\).*?\[root-use-unknown\]/g),
    ).toHaveLength(1);
  });

  test("signs the request of a mesh whose name every object has", async () => {
    const pki = await mocks;
    const { requestPem } = await makeRequest("constructor", { kind: "ec" });
    const graph = await run(
      { meshes: { constructor: { trustDomain: "north.example", stack: "theirs/mesh/x" } } },
      (mesh) => (mesh === "x" ? { certificateRequests: [{ key: 1, pem: requestPem }] } : pki.requestsOf(mesh)),
    );
    const certificates = await valueOf(graph.result.certificates);
    expect(Object.keys(certificates)).toEqual(["constructor", "east", "west"]);
    expect(await constraintsOf(certificates["constructor"] as never)).toEqual([["north.example", 0]]);
  });

  test("signs the other requests of a mesh beside one that must not be signed", async () => {
    const pki = await mocks;
    const { requestPem } = await makeRequest("other", { mesh: "other" });
    const graph = await run({}, (mesh) => {
      const { certificateRequests } = pki.requestsOf(mesh);
      return { certificateRequests: [{ key: 2, pem: requestPem }, ...certificateRequests] };
    });
    expect(await constraintsOf((await valueOf(graph.result.certificates))["east"])).toEqual([["cluster.local", 0]]);
    expect(warnings.join()).toMatch(/\[ca-request-of-other-mesh\]/);
  });
});
