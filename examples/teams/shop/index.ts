import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { contractFromFile, contractOf, descriptionOf, FederatedExport, FederatedImport } from "pulumi-mesh-federation";

const config = new pulumi.Config();
const provider = new k8s.Provider("west", { kubeconfig: config.requireSecret("kubeconfig") });
const mesh = descriptionOf(new pulumi.StackReference(config.require("meshStack")));
const team = "shop";

const orders = new FederatedExport(
  "orders",
  {
    mesh,
    team,
    exportName: "shop-orders",
    namespace: "shop",
    service: "orders",
    ports: [{ name: "http", number: 8080, protocol: "HTTP" }],
    selector: { app: "orders" },
    serviceAccounts: ["orders"],
    to: ["east"],
    callers: ["front/web"],
  },
  { provider },
);

// The owners of mesh east sent the file; `federationOf` reads the contract from their stack instead.
const east = contractFromFile(join(import.meta.dirname, "east.json"));
const payments = new FederatedImport(
  "payments",
  { mesh, team, from: { east }, exportName: "payments", visibleTo: ["shop"] },
  { provider },
);

/** What peers read of this team's services. */
export const federation = contractOf(mesh, { exports: [orders], imports: [payments] });
