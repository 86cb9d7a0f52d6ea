/** Something that a cluster says, and where it says it. */
export interface Fact {
  value: string;
  /** The object, such as `ConfigMap istio-system/istio, trustDomain`. */
  from: string;
}

/** What a mesh says of itself. Undefined where it says nothing. */
export interface MeshFacts {
  istioNamespace: Fact | undefined;
  /** Of the control plane; undefined for the one without. */
  revision: Fact | undefined;
  version: Fact | undefined;
  trustDomain: Fact | undefined;
  meshId: Fact | undefined;
  cluster: Fact | undefined;
  network: Fact | undefined;
  clusterDomain: Fact | undefined;
  rootNamespace: Fact | undefined;
  /** MeshConfig, as YAML. */
  meshConfig: string | undefined;
}

/** Where other meshes reach a gateway. */
export interface GatewayFacts {
  namespace: string;
  /** Labels of its pods. */
  labels: Record<string, string>;
  addresses: string[];
  port: number;
  /** The object that has the addresses. */
  from: string;
}
