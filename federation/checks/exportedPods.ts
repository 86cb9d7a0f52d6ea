import { Findings, type Finding } from "../errors/userError.ts";
import type { ExportPlan } from "../exports/exportPlan.ts";
import type { LivePod } from "./liveCluster.ts";
import { peerCalls } from "./peerCalls.ts";
import { someOf } from "./pinnedIdentities.ts";

/**
 * Pods of an export that are all in ambient mode. The gateway passes a peer's mTLS on as it is, and drops endpoints
 * that do not end it: ztunnel ends HBONE, and the label of a sidecar is missing.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/xds/endpoints/ep_filters.go (EndpointsWithMTLSFilter)
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/xds/endpoints/mtls_checker.go (checkMtlsEnabled)
 */
export function podProblems(spec: ExportPlan, pods: LivePod[]): readonly Finding[] {
  const findings = new Findings();
  if (pods.length > 0 && pods.every(({ proxy }) => proxy === "ambient"))
    findings.add("live-pod-ambient", {
      subject: `export "${spec.name}"`,
      problem:
        `its pods (${namesOf(pods)}) are in ambient mode, and the gateway passes calls on to pods with a sidecar ` +
        `only, so ${peerCalls(spec)} fail; callers in this mesh are not affected`,
      remedy: "Run the pods with a sidecar, or remove the export",
    });
  return findings.all;
}

/**
 * Pods of an export to which the gateway passes nothing on. A pod gets a sidecar when it starts, so that this is no
 * refusal: the same `up` may install Istio.
 */
export function podWarnings(spec: ExportPlan, pods: LivePod[]): readonly Finding[] {
  const findings = new Findings();
  const of = (proxy: LivePod["proxy"]) => pods.filter((pod) => pod.proxy === proxy);
  const [ambient, none, unlabelled] = [of("ambient"), of("none"), of("unlabelled")];
  const consequence =
    of("sidecar").length > 0
      ? `so ${peerCalls(spec)} go to the other pods only`
      : `so ${peerCalls(spec)} fail; callers in this mesh are not affected`;
  const text = (found: LivePod[], state: string, remedy: string) => ({
    subject: `export "${spec.name}"`,
    problem: `${found.length} of its ${pods.length} pods (${namesOf(found)}): ${state}, ${consequence}`,
    remedy,
  });
  // Where all are, it is a problem.
  if (ambient.length > 0 && ambient.length < pods.length)
    findings.add("live-pod-ambient", text(ambient, "in ambient mode without a sidecar", "Run them with a sidecar"));
  if (none.length > 0)
    findings.add(
      "live-pod-sidecar",
      text(
        none,
        "no sidecar, which would end the mTLS of peers",
        "Switch the injection of sidecars on for them, and restart them",
      ),
    );
  if (unlabelled.length > 0)
    findings.add(
      "live-pod-sidecar",
      text(
        unlabelled,
        "a sidecar, but not the label security.istio.io/tlsMode=istio, without which Istio passes no mTLS on to it",
        "Remove what sets another value, and restart them",
      ),
    );
  return findings.all;
}

function namesOf(pods: LivePod[]): string {
  return someOf(pods.map(({ name }) => name));
}
