import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { meshProgram } from "../../../infra/mesh.ts";
import { trustMocks } from "../support/trust.ts";
import { record, type RecordOptions } from "../components/graph.ts";

const trust = trustMocks({ east: "cluster.local", west: "cluster.local" });

export const westContract = {
  version: 1,
  mesh: {
    name: "west",
    meshId: "west-mesh",
    cluster: "west",
    network: "network-west",
    trustDomain: "cluster.local",
    istioVersion: "1.30.5",
    locality: "west/west-1",
  },
  gateways: [{ address: "172.18.128.1", port: 15443 }],
  exports: [
    {
      name: "httpbin",
      host: "httpbin.httpbin.svc.cluster.local",
      namespace: "httpbin",
      service: "httpbin",
      ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
      subjectAltNames: ["spiffe://cluster.local/ns/httpbin/sa/httpbin"],
      to: ["east"],
      callers: [],
    },
  ],
  imports: [],
  pendingImports: [],
};

/** The committed configuration of a stack: what is tested is what is deployed. */
export function committed(stack: string): Record<string, unknown> {
  return parse(readFileSync(`stacks/Pulumi.${stack}.yaml`, "utf8")).config;
}

/** What east publishes once it imports httpbin from west. */
export const eastContract = {
  ...westContract,
  mesh: {
    ...westContract.mesh,
    name: "east",
    meshId: "east-mesh",
    cluster: "east",
    network: "network-east",
    locality: "east/east-1",
  },
  gateways: [],
  exports: [],
  imports: [
    {
      name: "httpbin",
      from: "west",
      meshes: ["west"],
      host: "httpbin.httpbin.svc.cluster.local",
      namespace: "sleep",
      visibleTo: ["sleep"],
      ports: westContract.exports[0]!.ports,
      gateways: [
        { mesh: "west", address: "172.18.128.1", port: 15443, network: "network-west", locality: "west/west-1" },
      ],
    },
  ],
};

/** Runs a mesh's program with its committed configuration; `peer` answers for the other mesh. */
export async function run(stack: string, options: RecordOptions & { peer?: () => unknown } = {}) {
  const pki = await trust;
  return record(meshProgram, {
    stack,
    config: committed(stack),
    invoke: (token, inputs) => {
      if (token !== "pulumi:pulumi:readStackOutputs") return {};
      if (inputs.name.endsWith("/trust")) return { outputs: pki.trust };
      if (inputs.name.endsWith(`/${stack}`)) return { outputs: pki.requestsOf(stack) };
      return (
        options.peer ??
        (() => ({ outputs: { federation: inputs.name.endsWith("/west") ? westContract : eastContract } }))
      )();
    },
    stateOf: (type, name) => {
      if (type.startsWith("tls:")) return pki.stateOf(type, stack);
      if (name.endsWith("-kubeconfig")) return { stdout: "KUBECONFIG" };
      if (name.endsWith("-network"))
        return { stdout: "subnet fc00:f853::/64\nsubnet 172.18.0.0/16\naddress 172.18.0.2/16\n" };
      if (type === "kubernetes:core/v1:Service")
        return { status: { loadBalancer: { ingress: [{ ip: "172.18.128.1" }] } } };
      return {};
    },
    ...options,
  });
}
