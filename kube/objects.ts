/** Kubernetes objects, as far as they are read here. https://kubernetes.io/docs/reference/kubernetes-api/ */
export interface KubeObject {
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    ownerReferences?: { kind: string; name: string }[];
  };
}

export interface Pod extends KubeObject {
  spec?: {
    serviceAccountName?: string;
    containers?: PodContainer[];
    initContainers?: PodContainer[];
  };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

/** One of `running`, `waiting` and `terminated` is set. */
interface ContainerStatus {
  name: string;
  state?: { running?: object };
}

interface PodContainer {
  name: string;
  env?: { name: string; value?: string }[];
  ports?: { name?: string; containerPort: number }[];
}

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

export interface Service extends KubeObject {
  spec?: {
    ports?: {
      name?: string;
      port: number;
      targetPort?: number | string;
      protocol?: string;
      appProtocol?: string;
    }[];
    selector?: Record<string, string>;
    type?: string;
    /** `None` where it is headless. */
    clusterIP?: string;
    internalTrafficPolicy?: string;
  };
}

/** An object of one of Istio's kinds. */
export interface IstioObject extends KubeObject {
  spec: Record<string, any>;
}

export type IstioGroup = "networking" | "security";

/** Whether a pod is ready and not about to end. */
export function isReady({ metadata, status }: Pod): boolean {
  return (
    !metadata.deletionTimestamp && (status?.conditions?.some((c) => c.type === "Ready" && c.status === "True") ?? false)
  );
}

/** Whether a pod runs or will run: it has neither ended nor is about to. */
export function isLiving({ metadata, status }: Pod): boolean {
  return !metadata.deletionTimestamp && !["Succeeded", "Failed"].includes(status?.phase ?? "");
}

/**
 * Whether Istio's proxy runs in a pod, also in one that is about to end or whose other containers have not started. A
 * pod without the states of its containers counts by its phase.
 */
export function runsProxy(pod: Pod): boolean {
  const { phase, containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const statuses = [...containerStatuses, ...initContainerStatuses];
  const proxy = statuses.find(({ name }) => name === "istio-proxy");
  return hasProxy(pod) && (proxy ? proxy.state?.running !== undefined : phase === "Running");
}

/** Whether a pod has Istio's proxy: as a container, or as an init container that keeps running (native sidecar). */
export function hasProxy({ spec }: Pod): boolean {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some((c) => c.name === "istio-proxy");
}
