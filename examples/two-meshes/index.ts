import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FederatedImport, FederatedMesh, type FederatedMeshArgs } from "pulumi-mesh-federation";

const config = new pulumi.Config();

/** The mesh of a cluster that exists, and the options by which objects go to its cluster. */
function mesh(meshName: string, peer: string, exports: FederatedMeshArgs["exports"]) {
  const provider = new k8s.Provider(meshName, { kubeconfig: config.requireSecret(`${meshName}Kubeconfig`) });
  const args: FederatedMeshArgs = {
    meshName,
    istioVersion: "1.30.5",
    trustDomain: `${meshName}.example`,
    acceptedTrustDomains: [`${peer}.example`],
    peers: { [peer]: { trustDomain: `${peer}.example` } },
    gatewayAddresses: [config.require(`${meshName}Gateway`)],
    gatewayLabels: { istio: "eastwestgateway" },
    exports,
  };
  return { mesh: new FederatedMesh(meshName, args, { provider }), provider };
}

const ports = [{ name: "http", number: 8080, protocol: "HTTP" }];
const east = mesh("east", "west", {
  orders: {
    ...{ namespace: "shop", service: "orders", ports, selector: { app: "orders" } },
    ...{ serviceAccounts: ["orders"], to: ["west"], callers: ["billing/payments"] },
  },
});
const west = mesh("west", "east", {
  payments: {
    ...{ namespace: "billing", service: "payments", ports, selector: { app: "payments" } },
    ...{ serviceAccounts: ["payments"], to: ["east"], callers: ["shop/orders"] },
  },
});

// With `dependsOn`, an import is created after what it calls, and deleted before it.
const payments = new FederatedImport(
  "payments",
  { mesh: east.mesh.description, from: { west: west.mesh.contract }, exportName: "payments", visibleTo: ["shop"] },
  { provider: east.provider, dependsOn: west.mesh },
);
const orders = new FederatedImport(
  "orders",
  { mesh: west.mesh.description, from: { east: east.mesh.contract }, exportName: "orders", visibleTo: ["billing"] },
  { provider: west.provider, dependsOn: east.mesh },
);

/** Hosts by which workloads call what the other mesh exports. */
export const hosts = { shop: payments.host, billing: orders.host };
