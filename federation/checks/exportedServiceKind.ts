import { Findings, type Finding } from "../errors/userError.ts";
import type { ExportPlan } from "../exports/exportPlan.ts";
import { isVisibleFromAny, type LivePod, type LiveService } from "./liveCluster.ts";
import { peerCalls } from "./peerCalls.ts";
import { someOf } from "./pinnedIdentities.ts";

/**
 * Kinds of Services whose host the gateway does not serve: those of another DNS name, which Istio takes for a place
 * outside the mesh, and those that the gateway's namespace does not see.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/serviceregistry/kube/conversion.go (ConvertService)
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/networking/core/gateway.go (builtAutoPassthroughFilterChains)
 */
export function serviceKindProblems(
  spec: ExportPlan,
  service: LiveService,
  gatewayNamespace: string,
): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const id = `${service.namespace}/${service.name}`;
  const findings = new Findings();
  if (service.kind === "external")
    findings.add("live-service-external", {
      subject,
      problem:
        `the Service ${id} is an ExternalName, which the gateway does not serve, so ${peerCalls(spec)} fail; ` +
        "callers in this mesh are not affected",
      remedy: "Export the Service that has the pods",
    });
  else if (!isServiceVisible(service, gatewayNamespace))
    findings.add("live-service-hidden", {
      subject,
      problem:
        `the annotation networking.istio.io/exportTo of the Service ${id} (${someOf(service.exportTo ?? [])}) hides ` +
        `it from the gateway's namespace ${gatewayNamespace}, so ${peerCalls(spec)} fail; ` +
        "callers that see the Service are not affected",
      remedy: `Add ${gatewayNamespace} to the annotation, or give the export a mesh-neutral host`,
    });
  return findings.all;
}

/**
 * Kinds of Services that the gateway serves, but otherwise than callers of this mesh know them.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/networking/core/cluster.go (convertResolution)
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/xds/endpoints/endpoint_builder.go (filterIstioEndpoint)
 */
export function serviceKindWarnings(spec: ExportPlan, service: LiveService, pods: LivePod[]): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const id = `${service.namespace}/${service.name}`;
  const findings = new Findings();
  const named = pods.filter((pod) => pod.named).map((pod) => `${pod.name}.${service.name}`);
  if (service.kind === "headless" && named.length > 0)
    findings.add("live-service-headless", {
      subject,
      problem:
        `the Service ${id} is headless and its pods have names of their own (${someOf(named)}), which peers do not ` +
        `know: ${peerCalls(spec)} go to any of the pods; callers in this mesh are not affected`,
      remedy: "Export a Service for each pod that peers must tell apart, or go on where any pod will do",
    });
  if (service.nodeLocal)
    findings.add("live-service-node-local", {
      subject,
      problem:
        `the Service ${id} has internalTrafficPolicy Local, so the gateway knows the pods of its own node only and ` +
        `${peerCalls(spec)} fail where there are none`,
      remedy: "Export a Service without internalTrafficPolicy, or run a pod of it on each node of the gateway",
    });
  if (Object.keys(service.selector).length === 0 && service.kind !== "external")
    findings.add("live-service-selector-missing", {
      subject,
      problem:
        `the Service ${id} has no selector; the gateway passes on to pods with a sidecar only, so ${peerCalls(spec)} ` +
        "fail where its addresses are no such pods",
      remedy: "Give the Service the selector of its pods, or see that each of its addresses is a pod with a sidecar",
    });
  return findings.all;
}

/**
 * Whether a namespace sees a Service: `*` shows it to all, whatever else is named, and `~` hides it from all.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/model/push_context.go (initServiceRegistry)
 */
function isServiceVisible({ namespace, exportTo = [] }: LiveService, from: string): boolean {
  if (exportTo.includes("~") && !exportTo.includes("*")) return false;
  return isVisibleFromAny({ namespace, exportTo }, [from]);
}
