import type { SiblingMesh } from "../../../federation/config/declaredMesh.ts";
import { nodesOf, type NodeSettings } from "../../../federation/cluster/nodeImage.ts";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { anExport, kind, refused } from "./readMeshConfigCases.ts";

const west: SiblingMesh = { stack: "west", name: "west", pool: { slot: 2, slots: 4 } };

/** The smallest configuration of mesh east, with some keys replaced. */
function east(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    mesh: { name: "east", slot: 1 },
    cluster: { provider: "kind", podSubnet: "10.10.0.0/16", serviceSubnet: "10.255.10.0/24" },
    imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }],
    ...changes,
  };
}
const read = (raw: Record<string, unknown>, siblings = [west]) => readMeshConfig(raw, "east", releaseSources, siblings);

describe("the configuration of a mesh", () => {
  test("has defaults from the mesh's name", () => {
    const config = read(east());
    expect(config.mesh).toEqual({
      name: "east",
      meshId: "east-mesh",
      cluster: "east",
      network: "network-east",
      trustDomain: "cluster.local",
      acceptedTrustDomains: [],
      clusterDomain: "cluster.local",
      slot: 1,
      locality: { region: "east", zone: "east-1" },
    });
    expect(config.gateway).toEqual({ provider: "none" });
    expect(config.loadBalancer).toEqual({ provider: "metallb", slots: 4 });
    expect(config.istioVersion).toBe(releaseSources.istio.version);
  });

  test("gives an export a gateway, a host and pinned identities", () => {
    const config = read(east({ exports: [anExport] }));
    expect(config.gateway.provider).toBe("managed");
    expect(config.exports[0]).toEqual({
      name: "httpbin",
      host: "httpbin.httpbin.svc.cluster.local",
      namespace: "httpbin",
      service: "httpbin",
      ports: anExport.ports,
      subjectAltNames: ["spiffe://cluster.local/ns/httpbin/sa/httpbin"],
      to: ["west"],
      callers: [],
      ownCallers: [],
      callerIds: [],
      callersApplyTo: "peers",
      public: false,
      subsets: [],
      selector: undefined,
      subsetLabels: [],
      targetPorts: {},
      serviceAccounts: ["httpbin"],
      allowUndeclared: { ports: false, subsets: false },
      meshNeutral: false,
    });
  });

  test("accepts an Istio version outside of the table with its minor", () => {
    expect(read(east({ istio: { provider: "managed", version: "1.42.0", istioMinor: "1.31" } })).istioMinor).toBe(
      "1.31",
    );
  });

  test.each(refused)("rejects $name", ({ change, says }) => {
    expect(() => read(east(change))).toThrow(says);
  });

  test("reports all wrong keys together", () => {
    expect(() => read(east({ mesh: { name: "-", slot: 1 }, cluster: { ...kind, podSubnet: "x" } }))).toThrow(
      /mesh\.name[\s\S]*cluster\.podSubnet/,
    );
  });

  test("may share pod and service networks with another mesh", () => {
    expect(() => read(east({ cluster: { ...kind, podSubnet: "10.30.0.0/16" } }))).not.toThrow();
  });

  test.each([
    { settings: {}, version: releaseSources.kubernetesVersion, image: releaseSources.nodeImage },
    {
      settings: { kubernetesVersion: releaseSources.kubernetesVersion },
      version: releaseSources.kubernetesVersion,
      image: releaseSources.nodeImage,
    },
    {
      settings: { nodeImage: "kindest/node:v1.33.2@sha256:ab" },
      version: "1.33.2",
      image: "kindest/node:v1.33.2@sha256:ab",
    },
    { settings: { nodeImage: "own:latest", kubernetesVersion: "1.33.2" }, version: "1.33.2", image: "own:latest" },
    { settings: { nodeImage: "own:latest" }, version: "unknown", image: "own:latest" },
  ])("gives the nodes of $settings", ({ settings, version, image }) => {
    const { cluster } = read(east({ cluster: { ...kind, ...settings } }));
    expect(nodesOf(cluster as NodeSettings, releaseSources)).toEqual({ nodeImage: image, kubernetesVersion: version });
  });
});
