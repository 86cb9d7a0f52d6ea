import type { LivePod, LiveService } from "../federation/checks/liveCluster.ts";
import { hasProxy, type Pod, type Service } from "./objects.ts";

/** Lists the namespaces that see a Service. https://istio.io/latest/docs/reference/config/annotations/ */
const exportToAnnotation = "networking.istio.io/exportTo";

/**
 * By this label of a pod, Istio takes it for one that ends its mTLS; injection sets it.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/serviceregistry/kube/conversion.go (PodTLSMode)
 */
const tlsModeLabel = "security.istio.io/tlsMode";

/** istio-cni sets it to `enabled` on pods that are in ambient mode. */
const redirectionAnnotation = "ambient.istio.io/redirection";

/** A Service as the checks need it. */
export function liveService({ metadata: { namespace, name, annotations = {} }, spec = {} }: Service): LiveService {
  const exportTo = (annotations[exportToAnnotation] ?? "").split(",").map((part) => part.trim());
  return {
    namespace,
    name,
    ports: (spec.ports ?? []).map(({ name: port, port: number, targetPort, protocol, appProtocol }) => ({
      name: port ?? "",
      number,
      targetPort: targetPort ?? number,
      protocol: protocol ?? "TCP",
      ...(appProtocol === undefined ? {} : { appProtocol }),
    })),
    selector: spec.selector ?? {},
    kind: spec.type === "ExternalName" ? "external" : spec.clusterIP === "None" ? "headless" : undefined,
    exportTo: exportTo.filter((part) => part !== ""),
    nodeLocal: spec.internalTrafficPolicy === "Local",
  };
}

/** A pod as the checks need it. */
export function livePod(pod: Pod): LivePod {
  const { name, labels = {} } = pod.metadata;
  const declared = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  return {
    name,
    ports: declared.flatMap(({ ports = [] }) =>
      ports.map((port) => ({ ...(port.name ? { name: port.name } : {}), number: port.containerPort })),
    ),
    proxy: proxyOf(pod),
    named: labels["statefulset.kubernetes.io/pod-name"] !== undefined,
  };
}

function proxyOf(pod: Pod): LivePod["proxy"] {
  const { labels = {}, annotations = {} } = pod.metadata;
  if (hasProxy(pod)) return labels[tlsModeLabel] === "istio" ? "sidecar" : "unlabelled";
  return annotations[redirectionAnnotation] === "enabled" ? "ambient" : "none";
}
