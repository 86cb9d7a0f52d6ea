import { eventually, type World } from "./world.ts";

/** Name by which mesh north publishes its gateway. A Service without pods makes it resolve in importing meshes. */
export const gatewayName = "north-gateway.apps.svc.cluster.local";

/** Makes the name of north's gateway resolve in meshes that import from it. */
export async function gatewayNameResolves(world: World, meshes: readonly string[]): Promise<void> {
  const service = ["get", "service", "-n", "istio-system", "istio-eastwestgateway"];
  const address = await eventually(
    "north's gateway has an address",
    30,
    async () =>
      (await world.kubectl("north", [...service, "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}"])).trim() ||
      undefined,
  );
  const metadata = { name: "north-gateway", namespace: "apps" };
  const ports = [{ name: "tcp-mtls", port: 15443 }];
  for (const mesh of meshes)
    await world.apply(
      mesh,
      { apiVersion: "v1", kind: "Service", metadata, spec: { clusterIP: "None", ports } },
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { ...metadata, labels: { "kubernetes.io/service-name": "north-gateway" } },
        addressType: "IPv4",
        endpoints: [{ addresses: [address] }],
        ports,
      },
    );
}
