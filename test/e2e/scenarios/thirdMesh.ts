import { appsNamespace, appsReady, echoDeployment, echoPorts, echoService } from "../support/echo.ts";
import { editStack, writeStack } from "../support/stacks.ts";
import { eventually, type World } from "../support/world.ts";

/** Name by which mesh north publishes its gateway. A Service without pods makes it resolve in mesh east. */
const gatewayName = "north-gateway.apps.svc.cluster.local";

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
      cluster: { provider: "kind", podSubnet: "10.60.0.0/16", serviceSubnet: "10.255.60.0/24" },
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
    await nameResolves(world);
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

/** Makes the name of north's gateway resolve in east. */
async function nameResolves(world: World): Promise<void> {
  const address = await eventually(
    "north's gateway has an address",
    30,
    async () =>
      (
        await world.kubectl("north", [
          ...["get", "service", "-n", "istio-system", "istio-eastwestgateway"],
          ...["-o", "jsonpath={.status.loadBalancer.ingress[0].ip}"],
        ])
      ).trim() || undefined,
  );
  const metadata = { name: "north-gateway", namespace: "apps" };
  await world.apply(
    "east",
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { clusterIP: "None", ports: [{ name: "tcp-mtls", port: 15443 }] },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { ...metadata, labels: { "kubernetes.io/service-name": "north-gateway" } },
      addressType: "IPv4",
      endpoints: [{ addresses: [address] }],
      ports: [{ name: "tcp-mtls", port: 15443 }],
    },
  );
}
