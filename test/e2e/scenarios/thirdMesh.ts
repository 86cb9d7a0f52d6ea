import { appsNamespace, appsReady, echoDeployment, echoPorts, echoService } from "../support/echo.ts";
import { gatewayName, gatewayNameResolves } from "../support/gatewayName.ts";
import { editStack, writeStack } from "../support/stacks.ts";
import type { World } from "../support/world.ts";

const anExport = (app: string, more: Record<string, unknown> = {}) => ({
  name: app,
  namespace: "apps",
  service: app,
  ports: [...echoPorts],
  selector: { app },
  serviceAccounts: [app],
  to: ["east"],
  ...more,
});
const http = [echoPorts[0]];

/** A third mesh with its own trust domain, and exports and imports in every direction. */
export function thirdMesh(world: World): void {
  test("one npm run up adds a third mesh of another trust domain, and imports in both directions", async () => {
    await applications(world);
    writeStack(world, "north", {
      mesh: { name: "north", slot: 3, trustDomain: "north.local" },
      cluster: { provider: "kind", podSubnet: "10.60.0.0/16", serviceSubnet: "10.255.60.0/24", workers: 1 },
      istio: { provider: "managed", revision: "blue" },
      gateway: { provider: "managed", addresses: [gatewayName] },
      samples: ["sleep", "httpbin"],
      exports: [
        {
          name: "httpbin",
          namespace: "httpbin",
          service: "httpbin",
          ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
          selector: { app: "httpbin" },
          serviceAccounts: ["httpbin"],
          to: ["east"],
          callers: ["sleep/sleep"],
        },
      ],
      imports: ["echo", "guarded"].map((name) => ({ name, from: "west", visibleTo: ["sleep"], probe: { http: {} } })),
    });
    editStack(world, "west", (config) => {
      config["exports"].push(
        anExport("echo", {
          serviceAccounts: ["echo-a", "echo-b"],
          to: ["east", "north"],
          subsets: ["v1", "v2"].map((name) => ({ name, labels: { version: name } })),
        }),
        anExport("guarded", { host: "guarded.mesh.global", to: ["east", "north"], callers: ["apps/caller"] }),
        anExport("shop", { ports: http }),
      );
      config["imports"] = [{ name: "shop", from: "east", visibleTo: ["*"], blend: { labels: { app: "shop" } } }];
      config["samples"] = ["httpbin", "sleep"];
    });
    editStack(world, "east", (config) => {
      config["peers"] = { north: { allowedAddresses: [gatewayName] } };
      config["exports"] = [anExport("shop", { ports: http, to: ["west"] })];
      config["imports"] = [
        { name: "httpbin", from: ["west", "north"], visibleTo: ["sleep"] },
        {
          name: "httpbin",
          from: "north",
          as: "httpbin.north.global",
          visibleTo: ["sleep", "apps"],
          probe: { http: { path: "/headers" } },
        },
        {
          name: "echo",
          from: "west",
          visibleTo: ["apps", "sleep"],
          subsets: ["v1", "v2"],
          probe: Object.fromEntries(echoPorts.map(({ name }) => [name, {}])),
        },
        {
          name: "guarded",
          from: "west",
          visibleTo: ["apps", "sleep"],
          client: { namespace: "apps", serviceAccount: "caller" },
          probe: { http: {}, tcp: {} },
        },
        { name: "shop", from: "west", visibleTo: ["*"], blend: { labels: { app: "shop" } }, probe: { http: {} } },
      ];
    });
    await world.clone.must("up", ["--no-verify"]);
    for (const stack of ["east", "west", "north"])
      expect((await world.outputs(stack)).federation.pendingImports).toEqual([]);
    expect((await world.outputs("north")).federation).toMatchObject({
      gateways: [{ address: gatewayName }],
      mesh: { acceptedTrustDomains: ["cluster.local"] },
    });
    await gatewayNameResolves(world, ["east"]);
    for (const mesh of ["east", "west"]) await appsReady(world, mesh);
  });
}

/** Test servers and clients in east and west. */
async function applications(world: World): Promise<void> {
  await world.apply(
    "west",
    ...appsNamespace(),
    ...echoDeployment("west", "echo", "echo-a"),
    ...echoDeployment("west", "echo", "echo-b", "v2"),
    echoService("echo"),
    ...echoDeployment("west", "guarded", "guarded"),
    echoService("guarded"),
    ...echoDeployment("west", "shop", "shop"),
    echoService("shop", http),
    ...echoDeployment("west", "caller", "caller"),
  );
  await world.apply(
    "east",
    ...appsNamespace(),
    ...echoDeployment("east", "shop", "shop"),
    echoService("shop", http),
    ...echoDeployment("east", "caller", "caller"),
  );
}
