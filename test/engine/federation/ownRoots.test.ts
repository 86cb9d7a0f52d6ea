import { certificatesIn } from "../../../federation/trust/certificate.ts";
import { managedMesh } from "./managedMesh.ts";
import { holdsKey, keysMadeIn } from "./privateKeys.ts";
import { meshes, TwoMeshes, type Mesh } from "./twoMeshes.ts";

jest.setTimeout(10 * 60_000);

const other = { east: "west", west: "east" } as const;
const services = {
  west: {
    exports: [
      {
        name: "httpbin",
        namespace: "httpbin",
        service: "httpbin",
        ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
        selector: { app: "httpbin" },
        serviceAccounts: ["httpbin"],
        to: ["east"],
      },
    ],
  },
  east: { imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }] },
};

let pair: TwoMeshes;
const config = (mesh: Mesh, pins: string[] = [], more: Record<string, unknown> = {}) =>
  managedMesh(mesh, {
    ca: { provider: "own" },
    peers: pins.length > 0 ? { [other[mesh]]: { roots: pins } } : {},
    ...services[mesh],
    ...more,
  });

beforeAll(async () => {
  pair = await TwoMeshes.start({ east: config("east"), west: config("west") });
});
afterAll(() => pair?.stop());

const rootsOf = async (mesh: Mesh): Promise<{ sha256: string; use: string }[]> =>
  (await pair.outputs(mesh))["federation"].mesh.roots.map(({ sha256, use }: any) => ({ sha256, use }));
const pinsOf = async (mesh: Mesh) => (await rootsOf(mesh)).map(({ sha256 }) => sha256);
const pin = async (mesh: Mesh, pins?: string[], more?: Record<string, unknown>) =>
  pair.project.write(mesh, config(mesh, pins ?? (await pinsOf(other[mesh])), more));
/** What the anchors in a mesh's istiod permit. */
const anchorsIn = async (mesh: Mesh) => {
  const entries = ((await pair.meshConfig(mesh)).caCertificates ?? []) as { pem?: string }[];
  const found = await certificatesIn(entries.map(({ pem }) => pem ?? "").join(""));
  return found.map(({ permittedUris, excludesDns, issuer }) => ({ permittedUris, excludesDns, issuer }));
};
const anchor = (mesh: Mesh) => ({
  permittedUris: [`${other[mesh]}.local`],
  excludesDns: true,
  issuer: `CN=anchor of ${mesh}`,
});
const hasImport = async () => /ServiceEntry::import-west-httpbin/.test(await pair.exported("east"));

// Each test starts from what the one before it deployed.
test("meshes of their own roots trust nobody until each has pinned the other's", async () => {
  for (const mesh of meshes) await pair.up(mesh);
  expect(await pair.up("east")).toMatch(/mesh "west" is not trusted yet: its root [0-9a-f]{64} is not pinned/);
  for (const mesh of meshes) expect(await anchorsIn(mesh)).toEqual([]);
  expect(await hasImport()).toBe(false);

  await pin("east");
  await pair.up("east");
  expect(await anchorsIn("east")).toEqual([anchor("east")]);
  expect((await pair.outputs("east"))["federation"].mesh.trusts).toEqual({ west: await pinsOf("west") });
  // West would refuse its callers.
  expect(await hasImport()).toBe(false);

  await pin("west");
  await pair.up("west");
  expect(await anchorsIn("west")).toEqual([anchor("west")]);
  await pair.up("east");
  expect(await hasImport()).toBe(true);
  expect((await pair.outputs("east"))["federation"]).toMatchObject({ pendingImports: [], pendingTrust: [] });
  for (const mesh of meshes) expect(await pair.changes(mesh)).toEqual([]);
});

test("no key is in the state of the other mesh, and no output but the kubeconfig is secret", async () => {
  const [east, west] = await Promise.all(meshes.map((mesh) => pair.exported(mesh, "--show-secrets")));
  const [ofEast, ofWest] = [keysMadeIn(east!), keysMadeIn(west!)];
  expect(ofEast.map(({ resource }) => resource).sort()).toEqual(["ca-key", "trust-anchors-key", "trust-root-key"]);
  for (const key of ofEast) expect([holdsKey(east!, key), holdsKey(west!, key)]).toEqual([true, false]);
  for (const key of ofWest) expect([holdsKey(east!, key), holdsKey(west!, key)]).toEqual([false, true]);
  const { kubeconfig: _, ...published } = await pair.outputs("east");
  expect(JSON.stringify(published)).not.toContain("[secret]");
});

test("west changes its root in phases: east pins it before west signs under it", async () => {
  const [old] = await pinsOf("west");
  const west = (more: Record<string, unknown>) => pin("west", undefined, more);
  await west({ rotation: { next: 2, phase: "switch" } });
  expect((await pair.run("west", "preview")).output).toContain("[rotation-phase-skipped]");

  await west({ rotation: { next: 2, phase: "add" } });
  await pair.up("west");
  const [, next] = await rootsOf("west");
  expect(next).toMatchObject({ use: "next" });
  await west({ rotation: { next: 2, phase: "switch" } });
  expect((await pair.run("west", "preview")).output).toMatch(/does not trust root .*\[rotation-peer-not-ready\]/);

  await pin("east", [old!, next!.sha256]);
  await pair.up("east");
  expect(await anchorsIn("east")).toEqual([anchor("east"), anchor("east")]);
  await pair.up("west");
  const files = await pair.cacerts("west");
  const bundle = await certificatesIn(files["root-cert.pem"]!);
  expect(bundle.map(({ sha256 }) => sha256)).toEqual([old, next!.sha256, next!.sha256]);
  const [ca] = await certificatesIn(files["ca-cert.pem"]!);
  expect(ca!.authorityKeyId).toBe(bundle[1]!.subjectKeyId);

  await west({ rotation: { next: 2, phase: "remove" } });
  await pair.up("west");
  await west({ ca: { provider: "own", root: 2 } });
  expect(await pair.changes("west")).toEqual([]);
  await pin("east", [next!.sha256]);
  await pair.up("east");
  expect(await anchorsIn("east")).toEqual([anchor("east")]);
  expect(await hasImport()).toBe(true);
});
