import * as library from "../../../components/index.ts";

/** An export of httpbin to east, for one caller. */
export const httpbin = {
  namespace: "httpbin",
  service: "httpbin",
  ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
  selector: { app: "httpbin" },
  serviceAccounts: ["httpbin"],
  to: ["east"],
  callers: ["sleep/sleep"],
};
/** Mesh west, which exports it. */
export const west = (more: Partial<library.FederatedMeshArgs> = {}) =>
  new library.FederatedMesh("west", {
    meshName: "west",
    istioVersion: "1.30.5",
    trustDomain: "west.local",
    acceptedTrustDomains: ["east.local"],
    gatewayAddresses: ["192.0.2.1"],
    peers: { east: { trustDomain: "east.local" } },
    exports: { httpbin },
    ...more,
  });
/** Mesh east. */
export const east = (more: Partial<library.FederatedMeshArgs> = {}) =>
  new library.FederatedMesh("east", { meshName: "east", istioVersion: "1.30.5", trustDomain: "east.local", ...more });
/** The import of httpbin into a mesh. */
export const importInto = (
  mesh: library.FederatedMesh,
  from: library.FederatedImportArgs["from"],
  more: Partial<library.FederatedImportArgs> = {},
  name = "httpbin",
) =>
  new library.FederatedImport(name, {
    ...{ mesh: mesh.description, from, exportName: "httpbin", visibleTo: ["sleep"] },
    ...more,
  });
