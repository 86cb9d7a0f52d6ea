import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { cloneAt, start } from "../../unit/support/clone.ts";
import { MeshCluster } from "../review/support/meshCluster.ts";

jest.setTimeout(4 * 60_000);

let folder: string;
let clone: string;
let clusters: Record<"east" | "west", MeshCluster>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-rendered-"));
  clone = cloneAt(join(folder, "clone"));
  rmSync(join(clone, "stacks"), { recursive: true });
  cpSync("examples/argocd/stacks", join(clone, "stacks"), { recursive: true });
  const charts = process.env["MESH_FEDERATION_TEST_CHARTS"]!;
  const [east, west] = await Promise.all([
    MeshCluster.start(charts, ["web", "istio-system"]),
    MeshCluster.start(charts, ["shop", "istio-system"]),
  ]);
  clusters = { east, west };
  for (const mesh of ["east", "west"] as const)
    writeFileSync(join(clone, `${mesh}.kubeconfig`), clusters[mesh].kubeconfig);
});
afterAll(async () => {
  await Promise.all(Object.values(clusters ?? {}).map((cluster) => cluster.stop()));
  rmSync(folder, { recursive: true });
});

async function run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const started = start(clone, command, args, {});
  const code = await started.ended;
  return { code, output: started.output() };
}

const plurals: Record<string, string> = {
  AuthorizationPolicy: "authorizationpolicies",
  ServiceEntry: "serviceentries",
};
const pathOf = ({ apiVersion, kind, metadata }: any): string =>
  `/apis/${apiVersion}/namespaces/${metadata.namespace}/${plurals[kind] ?? `${kind.toLowerCase()}s`}/${metadata.name}`;

test("a real API server takes the rendered objects, and status compares it with the folder", async () => {
  expect(await run("render", "--out", "gitops", "--argocd")).toMatchObject({ code: 0 });
  const missing = await run("status", "--rendered", "gitops");
  expect(missing.output.replace(/\s+/g, " ")).toContain(
    "west: Gateway istio-system/export-orders is missing: apply the rendered manifests again",
  );

  for (const mesh of ["east", "west"] as const) {
    const read = (name: string): any => parse(readFileSync(join(clone, "gitops", mesh, name), "utf8"));
    const objects: any[] = read("kustomization.yaml").resources.map(read);
    const waveOf = ({ metadata }: any) => Number(metadata.annotations["argocd.argoproj.io/sync-wave"]);
    // A strict server rejects fields that Istio's schemas do not have.
    for (const object of objects.sort((a, b) => waveOf(a) - waveOf(b)))
      await clusters[mesh].apply(pathOf(object), object);
  }
  const synced = await run("status", "--rendered", "gitops");
  expect(synced).toMatchObject({ code: 0, output: expect.stringContaining("no drift") });

  const gateway = "/apis/networking.istio.io/v1/namespaces/istio-system/gateways/export-orders";
  const server = { port: { number: 15443, name: "tls", protocol: "TLS" }, tls: { mode: "AUTO_PASSTHROUGH" } };
  await clusters.west.patch(gateway, { spec: { servers: [{ ...server, hosts: ["*.local"] }] } });
  const drifted = JSON.parse((await run("status", "--rendered", "gitops", "--json")).output);
  expect(drifted.drift).toEqual([
    { mesh: "west", description: expect.stringMatching(/export-orders: .*\*\.local.*apply the rendered manifests/s) },
  ]);
  // Nothing runs in the clusters: the call has no client, which the report says without any state.
  const verified = await run("verify", "--rendered", "gitops", "--wait", "0");
  expect(verified.output).toMatch(/orders/);
  expect(verified.output).not.toMatch(/pulumi/i);
});
