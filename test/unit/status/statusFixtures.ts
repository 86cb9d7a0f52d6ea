import { parseContract, type FederationContract } from "../../../federation/contract/contract.ts";
import { readMesh } from "../../../status/readStatus.ts";
import type { Expiry } from "../../../status/status.ts";

export const now = Date.parse("2026-06-01T00:00:00Z");
export const mesh = (name: string) => ({
  name,
  meshId: `${name}-mesh`,
  cluster: name,
  network: `network-${name}`,
  trustDomain: "cluster.local",
  istioVersion: "1.30.1",
  locality: `${name}/1`,
});
export const ports = [{ name: "http", number: 8000, protocol: "HTTP" }];
export const san = "spiffe://cluster.local/ns/httpbin/sa/httpbin";
export const host = "httpbin.httpbin.svc.cluster.local";
export const contract = (value: object) =>
  parseContract({ version: 1, gateways: [], exports: [], imports: [], pendingImports: [], ...value }, "x");
export const exported = {
  name: "httpbin",
  host,
  namespace: "httpbin",
  service: "httpbin",
  ports,
  subjectAltNames: [san],
  to: ["east"],
  callers: [],
};
export const imported = {
  name: "httpbin",
  from: "west",
  host,
  namespace: "sleep",
  visibleTo: ["sleep"],
  ports,
  subjectAltNames: [san],
  gateways: [{ mesh: "west", address: "192.0.2.1", port: 15443, network: "network-west", locality: "west/1" }],
};
export const west = contract({
  mesh: mesh("west"),
  gateways: [{ address: "192.0.2.1", port: 15443 }],
  exports: [exported],
});
export const east = contract({
  mesh: mesh("east"),
  imports: [imported],
  pendingImports: [{ name: "other", from: "south", reason: 'stack "south" does not exist' }],
});
export const up = (c: FederationContract) => ({ name: c.mesh.name, contract: c, problem: undefined });

/** A certificate of west that is ten days old and valid for a year. */
export const expiry = (kind: Expiry["kind"], more: Partial<Expiry> = {}): Expiry => ({
  mesh: "west",
  kind,
  certificate: kind,
  sha256: "00",
  notBefore: now - 10 * 86_400_000,
  notAfter: now + 365 * 86_400_000,
  ...more,
});

/** A cluster with the same answer to every request. */
export const cluster = (answer: () => Promise<any>) => ({ pods: answer, istio: answer }) as never;
export const rejects = (error: Error) => cluster(() => Promise.reject(error));

/** Reads a mesh with this cluster, whose stack created these objects. */
export const readAlone = (
  cluster: never,
  created: () => Promise<any[]>,
  published = contract({ mesh: mesh("alone") }),
) =>
  readMesh(
    {
      name: "alone",
      stack: "alone",
      importsFrom: [],
      contract: published,
      cluster,
      fallbackClient: undefined,
      problem: undefined,
    },
    created,
  );
