import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "../support/apiServer.ts";

const kinds = [
  ["networking.istio.io", "Gateway", "gateways"],
  ["networking.istio.io", "ServiceEntry", "serviceentries"],
  ["networking.istio.io", "DestinationRule", "destinationrules"],
  ["networking.istio.io", "WorkloadEntry", "workloadentries"],
  ["security.istio.io", "AuthorizationPolicy", "authorizationpolicies"],
  ["security.istio.io", "PeerAuthentication", "peerauthentications"],
] as const;

/** Installs CRDs of Istio's kinds, without schemas, waits until they are served, and creates a test's namespaces. */
export async function prepareApiServer(server: ApiServer, namespaces: string[]): Promise<void> {
  for (const [group, kind, plural] of kinds)
    await post(server, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        ],
      },
    });
  for (const name of namespaces)
    await post(server, "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  for (const [group, , plural] of kinds) await served(server, `/apis/${group}/v1/${plural}`);
}

/** Waits until a kind is served, which takes a moment after its CRD is created. */
async function served(server: ApiServer, path: string): Promise<void> {
  for (const until = Date.now() + 30_000; ; await sleep(100)) {
    const { status } = await server.request("GET", path);
    if (status === 200) return;
    if (Date.now() > until) throw new Error(`GET ${path}: still ${status} after 30 s`);
  }
}

/** Creates an object. Rejects when the server does. */
export function post(server: ApiServer, path: string, body: unknown): Promise<void> {
  const { users, clusters } = JSON.parse(server.kubeconfig) as {
    users: [{ user: { token: string } }];
    clusters: [{ cluster: Record<string, string> }];
  };
  const ca = Buffer.from(clusters[0].cluster["certificate-authority-data"]!, "base64");
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${users[0].user.token}`, "content-type": "application/json" };
    const call = request(server.address + path, { method: "POST", headers, ca }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () =>
        answer.statusCode! < 300 ? resolve() : reject(new Error(`POST ${path}: ${answer.statusCode} ${text}`)),
      );
    });
    call.on("error", reject);
    call.end(JSON.stringify(body));
  });
}
