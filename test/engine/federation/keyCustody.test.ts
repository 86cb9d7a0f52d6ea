import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { certificatesIn } from "../../../federation/trust/certificate.ts";
import { istio, managedMesh } from "./managedMesh.ts";
import { holdsKey, keysMadeIn } from "./privateKeys.ts";
import { meshes, ownerOf, TwoMeshes } from "./twoMeshes.ts";

jest.setTimeout(10 * 60_000);

/** Pulumi says of another stack's secret outputs that it leaves them out, which is not one of these. */
const noise = /\b(warning|error|incorrect|passphrase)\b/i;

let pair: TwoMeshes;
beforeAll(async () => {
  pair = await TwoMeshes.start({ trust: { role: "trust" }, east: managedMesh("east"), west: managedMesh("west") });
});
afterAll(() => pair?.stop());

test("the CAs of two meshes are signed without a key leaving its stack, each with its own passphrase", async () => {
  for (const mesh of meshes) {
    await pair.up(mesh);
    expect(await pair.outputs(mesh)).toMatchObject({ pendingCertificate: { from: 'stack "trust"' } });
    expect(await pair.inCluster(mesh, "secrets", "cacerts")).toBeUndefined();
  }
  expect(await pair.up("trust")).not.toMatch(noise);
  const { roots, certificates } = await pair.outputs("trust");
  expect(Object.keys(certificates)).toEqual(["east", "west"]);
  for (const mesh of meshes) {
    expect(await pair.up(mesh)).not.toMatch(noise);
    const files = await pair.cacerts(mesh);
    expect(files).toMatchObject({ "ca-cert.pem": certificates[mesh][0], "root-cert.pem": roots[0].pem });
    expect(await certificatesIn(files["cert-chain.pem"]!)).toMatchObject([
      { permittedUris: [`${mesh}.local`], pathLength: 0 },
    ]);
    expect((await pair.outputs(mesh))["federation"].mesh.roots).toMatchObject([{ pem: roots[0].pem, use: "active" }]);
  }
});

test("a preview of each stack shows no change, and no warning of secrets that are another's", async () => {
  for (const stack of ["trust", ...meshes])
    expect(await pair.must(stack, "preview", "--expect-no-changes")).not.toMatch(noise);
});

test("every private key is in the state of the stack that made it, and in no other", async () => {
  const states = new Map<string, string>();
  for (const stack of ["trust", ...meshes]) states.set(stack, await pair.exported(stack, "--show-secrets"));
  const made = [...states].flatMap(([stack, text]) => keysMadeIn(text).map((key) => ({ stack, ...key })));
  expect(made.map(({ stack, resource }) => `${stack}: ${resource}`)).toEqual([
    "trust: trust-root-key",
    "east: ca-key",
    "west: ca-key",
  ]);
  for (const { stack, ...key } of made) {
    const holders = [...states].filter(([, text]) => holdsKey(text, key)).map(([name]) => name);
    expect([key.resource, holders]).toEqual([key.resource, [stack]]);
    expect(holdsKey(await pair.exported(stack), key)).toBe(false);
    expect(holdsKey(pair.printed, key)).toBe(false);
  }
  // Control: the secret in the cluster of its own mesh has it, in base64 around PEM.
  const secret = JSON.stringify(await pair.inCluster("east", "secrets", "cacerts"));
  expect(made.filter((key) => holdsKey(secret, key)).map(({ stack }) => stack)).toEqual(["east"]);
});

test.each([
  ["trust", "east"],
  ["east", "trust"],
  ["east", "west"],
])("the state of %s cannot be decrypted with the passphrase of %s", async (stack, other) => {
  const args = ["stack", "export", "--show-secrets", "--stack", stack];
  const { code, output } = await pair.project.pulumi(args, ownerOf(other));
  expect([code === 0, output]).toEqual([false, expect.stringMatching(/incorrect passphrase/)]);
});

test("what a stack publishes for others has no secret", async () => {
  expect(JSON.stringify(await pair.outputs("trust"))).not.toContain("[secret]");
  const { kubeconfig, ...ofMesh } = await pair.outputs("east");
  expect(kubeconfig).toBe("[secret]");
  expect(JSON.stringify(ofMesh)).not.toContain("[secret]");
});

test("a trust stack that cannot be read, or is gone, changes nothing of a mesh", async () => {
  const secret = await pair.inCluster("east", "secrets", "cacerts");
  const resources = async () => JSON.parse(await pair.exported("east")).deployment.resources.map((r: any) => r.urn);
  const before = await resources();
  const file = join(pair.project.folder, "state", ".pulumi", "stacks", "mesh-federation", "trust.json");
  const complete = readFileSync(file, "utf8");
  const isRefused = async (code: string) => {
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const run = await pair.run("east", ...command);
      expect([run.code === 0, run.output]).toEqual([false, expect.stringContaining(`[${code}]`)]);
    }
    expect(await pair.inCluster("east", "secrets", "cacerts")).toEqual(secret);
    expect(await resources()).toEqual(before);
  };
  try {
    writeFileSync(file, complete.replace(/"type": ?"passphrase"/, '"type": "a vault that nobody has"'));
    await isRefused("trust-stack-unreadable");
    renameSync(file, `${file}.away`);
    await isRefused("ca-certificate-missing");
  } finally {
    writeFileSync(file, complete);
  }
  expect(await pair.changes("east")).toEqual([]);
});

test("an up that fails keeps what the mesh has published, by which its CA is known to exist", async () => {
  pair.project.write("east", managedMesh("east", { istio: istio({ broken: true }) }));
  const run = await pair.run("east", "up", "--yes", "--skip-preview");
  expect([run.code === 0, run.output]).toEqual([false, expect.stringMatching(/this chart is broken/)]);
  expect(await pair.outputs("east")).toMatchObject({ federation: { mesh: { name: "east" } } });
  pair.project.write("east", managedMesh("east"));
  expect(await pair.changes("east")).toEqual([]);
});
