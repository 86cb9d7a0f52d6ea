import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { installPlainMesh, removePlainMesh, type PlainMesh } from "../support/plainMesh.ts";
import { eventually, type World } from "../support/world.ts";

const url = "http://httpbin.httpbin.svc.cluster.local:8000/headers";

/** Two meshes that somebody else installed, federated and left as they were. */
export function existingMeshes(world: World): void {
  test("meshes installed without us are federated by kubeconfig, and unchanged after destroy", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mesh-federation-plain-"));
    const meshes: PlainMesh[] = [];
    try {
      meshes.push(...(await Promise.all(["north", "south"].map((name) => installPlainMesh(world, name, folder)))));
      const [north, south] = meshes as [PlainMesh, PlainMesh];
      const before = await snapshots(world, meshes);
      writeStack(world, north, { samples: [], imports: [{ name: "httpbin", from: "south", visibleTo: ["sleep"] }] });
      writeStack(world, south, {
        gateway: { provider: "existing", namespace: "istio-system", labels: { istio: "eastwestgateway" }, addresses: [south.nodeAddress], port: south.gatewayPort },
        exports: [{ name: "httpbin", namespace: "httpbin", service: "httpbin", ports: [{ name: "http", number: 8000, protocol: "HTTP" }], serviceAccounts: ["httpbin"], to: ["north"] }],
      });
      expect(await world.callFrom("north", url)).not.toBe(200);
      await world.clone.must("pulumi", ["up", "--yes", "--stack", "south"]);
      await world.clone.must("pulumi", ["up", "--yes", "--stack", "north"]);
      expect(await eventually("a 200", 40, async () => ((await world.callFrom("north", url)) === 200 ? 200 : undefined))).toBe(200);
      for (const stack of ["north", "south"]) await world.clone.must("pulumi", ["preview", "--expect-no-changes", "--stack", stack]);
      await world.clone.must("pulumi", ["destroy", "--yes", "--stack", "north"]);
      await world.clone.must("pulumi", ["destroy", "--yes", "--stack", "south"]);
      expect(await snapshots(world, meshes)).toEqual(before);
    } finally {
      for (const name of ["north", "south"]) {
        await removePlainMesh(world, name);
        rmSync(join(world.clone.folder, "stacks", `Pulumi.${name}.yaml`), { force: true });
      }
      rmSync(folder, { recursive: true, force: true });
    }
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });
}

function writeStack(world: World, mesh: PlainMesh, more: Record<string, unknown>): void {
  const config = {
    mesh: { name: mesh.name, slot: mesh.name === "north" ? 3 : 4, locality: { region: mesh.name, zone: `${mesh.name}-1` } },
    cluster: { provider: "existing", kubeconfigPath: mesh.kubeconfig },
    loadBalancer: { provider: "none" },
    istio: { provider: "existing", version: mesh.istioVersion, istioMinor: mesh.istioMinor, namespace: "istio-system" },
    ...more,
  };
  const keys = Object.fromEntries(Object.entries(config).map(([key, value]) => [`mesh-federation:${key}`, value]));
  writeFileSync(join(world.clone.folder, "stacks", `Pulumi.${mesh.name}.yaml`), stringify({ config: keys }));
}

/** Everything that may not change: each object of the clusters with its uid and its content's generation. */
async function snapshots(world: World, meshes: PlainMesh[]): Promise<Record<string, string>> {
  const kinds = "namespace,deployment,service,serviceaccount,configmap,secret,role,rolebinding,clusterrole,clusterrolebinding,customresourcedefinition,mutatingwebhookconfiguration,validatingwebhookconfiguration,gateways.networking.istio.io,serviceentry,destinationrule,peerauthentication,authorizationpolicy";
  const path = '{range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name} {.metadata.uid} {.metadata.generation} {.metadata.labels}{"\\n"}{end}';
  const texts = await Promise.all(meshes.map(({ name }) => world.kubectl(name, ["get", kinds, "-A", "-o", `jsonpath=${path}`])));
  return Object.fromEntries(meshes.map(({ name }, i) => [name, texts[i]!.split("\n").sort().join("\n")]));
}
