import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSoak } from "../../support/soak.ts";
import { installPlainMesh, removePlainMesh, uninstallPlainMesh, type PlainMesh } from "../support/plainMesh.ts";
import { crossNetworkGateway, plainNames } from "../support/plainObjects.ts";
import { writeStack } from "../support/stacks.ts";
import { eventually, type World } from "../support/world.ts";
import { adoptsByHand } from "../support/adopted.ts";

const soak = isSoak();

/** Domain of the exporting cluster: the hosts of its Services end with it. */
const clusterDomain = "svc-domain.example";
const url = `http://httpbin.httpbin.svc.${clusterDomain}:8000/headers`;

/**
 * Clusters and meshes that this project did not install: federated, left unchanged, and managed on request. The
 * importer has a control plane with a revision; the exporter has another cluster domain, and the Gateway of Istio's
 * guide.
 */
export function existingMeshes(world: World): void {
  const folder = mkdtempSync(join(tmpdir(), "mesh-federation-plain-"));
  const stackFile = (name: string) => join(world.clone.folder, "stacks", `Pulumi.${name}.yaml`);
  let meshes: PlainMesh[] = [];

  test("existing meshes that are federated by hand are adopted without a lost request", async () => {
    meshes = await Promise.all([
      installPlainMesh(world, "north", "sleep", folder, { clusterDomain: "cluster.local", revision: "blue" }),
      installPlainMesh(world, "south", "httpbin", folder, { clusterDomain, crossNetworkHosts: [`*.${clusterDomain}`] }),
    ]);
    await adoptsByHand(world, meshes as [PlainMesh, PlainMesh], folder);
  });

  test("existing meshes are federated by kubeconfig, and unchanged after destroy", async () => {
    const [north, south] = meshes as [PlainMesh, PlainMesh];
    writeMesh(world, north, {
      imports: [{ name: "httpbin", from: "south", visibleTo: ["sleep"] }],
      istio: existingIstio(north),
    });
    const exporting = {
      gateway: {
        provider: "existing",
        namespace: "istio-system",
        labels: { istio: "eastwestgateway" },
        addresses: [south.nodeAddress],
        port: south.gatewayPort,
      },
      exports: [
        {
          name: "httpbin",
          namespace: "httpbin",
          service: "httpbin",
          ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
          serviceAccounts: ["httpbin"],
          to: ["north"],
        },
      ],
      istio: existingIstio(south),
    };
    const refusal = async (): Promise<string> => {
      const { code, output } = await world.clone.run("pulumi", ["preview", "--stack", "south"]);
      return code === 0 ? "none" : output;
    };
    writeMesh(world, { ...south, clusterDomain: "cluster.local" }, exporting);
    expect(await refusal()).toMatch(
      /mesh\.clusterDomain is cluster\.local.*svc-domain\.example.*istio-sidecar-injector.*\[live-cluster-domain\]/,
    );
    writeMesh(world, south, exporting);
    expect(await refusal()).toMatch(/cross-network-gateway .*\[live-gateway-overlap\]/);
    // The owner narrows the Gateway to what it is used for.
    await world.apply("south", crossNetworkGateway([`other.shop.svc.${clusterDomain}`]));
    const before = await snapshots(world, meshes);
    expect(await world.callFrom("north", url)).not.toBe(200);
    await world.clone.must("pulumi", ["up", "--yes", "--stack", "south"]);
    await world.clone.must("pulumi", ["up", "--yes", "--stack", "north"]);
    expect(
      await eventually("a 200", 40, async () => ((await world.callFrom("north", url)) === 200 ? 200 : undefined)),
    ).toBe(200);
    for (const stack of ["north", "south"])
      await world.clone.must("pulumi", ["preview", "--expect-no-changes", "--stack", stack]);
    await world.clone.must("pulumi", ["destroy", "--yes", "--stack", "north"]);
    await world.clone.must("pulumi", ["destroy", "--yes", "--stack", "south"]);
    expect(await snapshots(world, meshes)).toEqual(before);
  });

  test("a managed Istio with an existing CA installs over CRDs that remain in the cluster", async () => {
    try {
      const north = meshes[0]!;
      await uninstallPlainMesh(world, north);
      const crds = (): Promise<string> =>
        world.kubectl("north", ["get", "crd", "serviceentries.networking.istio.io", "-o", "jsonpath={.metadata.uid}"]);
      const kept = await crds();
      writeMesh(world, north, { ca: { provider: "existing" }, istio: { provider: "managed" }, samples: ["sleep"] });
      const { ca } = north;
      const caMaterial = {
        caCert: ca["ca-cert.pem"],
        caKey: ca["ca-key.pem"],
        certChain: ca["cert-chain.pem"],
        rootCert: ca["root-cert.pem"],
      };
      await world.clone.must(
        "pulumi",
        ["config", "set", "--secret", "caMaterial", "--stack", "north"],
        {},
        false,
        JSON.stringify(caMaterial),
      );
      for (const _ of soak ? ["first", "again"] : ["first"]) {
        await world.clone.must("pulumi", ["up", "--yes", "--stack", "north"]);
        expect(
          await world.kubectl("north", [
            ...["get", "pod", "-n", "sleep", "-o"],
            "jsonpath={.items[0].spec.containers[*].name} {.items[0].spec.initContainers[*].name}",
          ]),
        ).toContain("istio-proxy");
        await world.clone.must("pulumi", ["destroy", "--yes", "--stack", "north"]);
        expect(await crds()).toBe(kept);
      }
    } finally {
      for (const name of ["north", "south"]) {
        await removePlainMesh(world, name);
        rmSync(stackFile(name), { force: true });
      }
      rmSync(folder, { recursive: true, force: true });
    }
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });
}

function existingIstio(mesh: PlainMesh): Record<string, unknown> {
  return {
    provider: "existing",
    version: mesh.istioVersion,
    istioMinor: mesh.istioMinor,
    namespace: "istio-system",
    revision: mesh.revision,
  };
}

function writeMesh(world: World, mesh: PlainMesh, more: Record<string, unknown>): void {
  writeStack(world, mesh.name, {
    mesh: {
      name: mesh.name,
      ...plainNames,
      clusterDomain: mesh.clusterDomain,
      slot: mesh.name === "north" ? 3 : 4,
      locality: { region: mesh.name, zone: `${mesh.name}-1` },
    },
    profile: "small",
    cluster: { provider: "existing", kubeconfigPath: mesh.kubeconfig },
    loadBalancer: { provider: "none" },
    ...more,
  });
}

/** Every object of the clusters with its uid and generation. */
async function snapshots(world: World, meshes: PlainMesh[]): Promise<Record<string, string>> {
  const kinds = [
    ...["namespace", "deployment", "service", "serviceaccount", "configmap", "secret"],
    ...["role", "rolebinding", "clusterrole", "clusterrolebinding", "customresourcedefinition"],
    ...["mutatingwebhookconfiguration", "validatingwebhookconfiguration"],
    ...["gateways.networking.istio.io", "serviceentry", "destinationrule"],
    ...["peerauthentication", "authorizationpolicy"],
  ].join(",");
  const fields = ["uid", "generation", "labels"].map((field) => ` {.metadata.${field}}`).join("");
  const path = `{range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}${fields}{"\\n"}{end}`;
  const texts = await Promise.all(
    meshes.map(({ name }) => world.kubectl(name, ["get", kinds, "-A", "-o", `jsonpath=${path}`])),
  );
  return Object.fromEntries(meshes.map(({ name }, i) => [name, texts[i]!.split("\n").sort().join("\n")]));
}
