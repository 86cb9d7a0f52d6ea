import * as pulumi from "@pulumi/pulumi";
import { FederatedMesh } from "pulumi-mesh-federation";

const west = new FederatedMesh("west", {
  meshName: "west",
  istioVersion: "1.30.5",
  trustDomain: "west.example",
  acceptedTrustDomains: ["east.example"],
  peers: { east: { trustDomain: "east.example" } },
  gatewayAddresses: [new pulumi.Config().require("gateway")],
  gatewayLabels: { istio: "eastwestgateway" },
  // What is not named here is not allowed. A namespace is of one team.
  teams: {
    shop: { namespaces: ["shop"], exportTo: ["east"], importFrom: ["east"] },
    billing: { namespaces: ["billing"] },
  },
});

/** What peers read. */
export const federation = west.contract;
/** What the teams' stacks read. */
export const mesh = west.description;
