import { Findings, type Finding } from "../errors/userError.ts";
import type { ExportPlan } from "../exports/exportPlan.ts";
import { tcpPorts, type LivePod, type LivePort, type LiveService } from "./liveCluster.ts";
import { peerCalls } from "./peerCalls.ts";
import { exportedPortTreatment, servicePortTreatment } from "./portProtocol.ts";

type ExportedPort = ExportPlan["ports"][number];

/** Ports of the Service's own host that peers cannot reach. */
export function servedPortProblems(spec: ExportPlan, service: LiveService): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const id = `${service.namespace}/${service.name}`;
  const findings = new Findings();
  const tcp = tcpPorts(service);
  for (const { number } of spec.ports.filter((port) => !tcp.some((p) => p.number === port.number))) {
    const found = service.ports.filter((p) => p.number === number);
    findings.add("live-port-missing", {
      subject,
      problem:
        found.length > 0
          ? `port ${number} of the Service ${id} is ${found.map(({ protocol }) => protocol).join(" and ")} only, ` +
            `which no gateway passes on, so ${peerCalls(spec)} fail; callers in this mesh are not affected`
          : `the Service ${id} has no port ${number}; it has ${service.ports.map((p) => p.number).join(", ")}`,
      remedy:
        found.length > 0 ? "Export a TCP port of the Service" : "Export a port of the Service, or add the port to it",
    });
  }
  findings.addAll(doubledPortProblems(subject, service));
  return findings.all;
}

/**
 * Ports of one number for TCP and SCTP. Istio leaves out UDP ports alone, so the gateway gets two filter chains for one
 * name; Envoy rejects a listener with both.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/networking/core/gateway.go (builtAutoPassthroughFilterChains)
 */
function doubledPortProblems(subject: string, service: LiveService): readonly Finding[] {
  const findings = new Findings();
  for (const { number } of service.ports.filter(({ protocol }) => protocol === "SCTP"))
    if (tcpPorts(service).some((p) => p.number === number))
      findings.add("live-port-doubled", {
        subject,
        problem:
          `the Service ${service.namespace}/${service.name} has port ${number} for TCP and for SCTP; the gateway ` +
          "gets two filter chains for one name and Envoy rejects its listener, so calls of peers for every export " +
          "fail once a gateway pod restarts",
        remedy: "Export a Service without the SCTP port, or give the export a mesh-neutral host",
      });
  return findings.all;
}

/**
 * Ports of a Service's own host that peers reach although the export does not name them, and pod ports that the policy
 * would miss. The gateway has a filter chain for each TCP port of a Service whose host it exposes.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/networking/core/gateway.go (builtAutoPassthroughFilterChains)
 */
export function exposedPortProblems(spec: ExportPlan, service: LiveService): readonly Finding[] {
  const subject = `export "${spec.name}"`;
  const findings = new Findings();
  const tcp = tcpPorts(service);
  const undeclared = tcp.filter(({ number }) => !spec.ports.some((p) => p.number === number));
  if (undeclared.length > 0 && !spec.allowUndeclared.ports)
    findings.add("live-port-undeclared", {
      subject,
      problem:
        `the Service ${spec.namespace}/${spec.service} also has port ${undeclared.map((p) => p.number).join(", ")}, ` +
        "which peers would reach through the gateway too",
      remedy:
        "Give the export a Service with its ports alone, or a mesh-neutral host, add the port to ports, " +
        "or accept it with allowUndeclaredPorts",
    });
  for (const port of spec.ports) {
    const [declared, actual] = [spec.targetPorts[port.name], tcp.find((p) => p.number === port.number)?.targetPort];
    if (declared !== undefined && actual !== undefined && declared !== actual)
      findings.add("live-target-port", {
        subject,
        problem:
          `port ${port.number} has targetPort ${declared}, but ` +
          `the Service ${spec.namespace}/${spec.service} leads to ` +
          `${typeof actual === "string" ? `the pod port named "${actual}", which may differ by pod` : actual}`,
        remedy: `Remove targetPort from the export${typeof actual === "string" ? "" : `, or set it to ${actual}`}`,
      });
  }
  return findings.all;
}

/** Ports of an export that Istio may treat, or lead, otherwise than the Service says. */
export function exportedPortWarnings(spec: ExportPlan, service: LiveService, pods: LivePod[]): readonly Finding[] {
  const findings = new Findings();
  for (const port of spec.ports) {
    const served = tcpPorts(service).find((p) =>
      spec.meshNeutral ? targetsOf(p, pods).includes(podPort(spec, port)) : p.number === port.number,
    );
    if (served) findings.addAll(protocolWarnings(spec, port, served));
    else if (spec.meshNeutral) findings.addAll(neutralPortWarnings(spec, port, service, pods));
  }
  return findings.all;
}

/** The port of the pods to which a port of a mesh-neutral host leads. */
function podPort(spec: ExportPlan, { name, number }: ExportedPort): number {
  return spec.targetPorts[name] ?? number;
}

/** The ports of the pods to which a port of a Service leads; none where no pod says what a name stands for. */
function targetsOf({ targetPort }: LivePort, pods: LivePod[]): number[] {
  if (typeof targetPort === "number") return [targetPort];
  return pods.flatMap(({ ports }) => ports.filter(({ name }) => name === targetPort).map(({ number }) => number));
}

function protocolWarnings(spec: ExportPlan, port: ExportedPort, served: LivePort): readonly Finding[] {
  const findings = new Findings();
  const [exported, actual] = [exportedPortTreatment(port.protocol), servicePortTreatment(served)];
  if (exported === undefined || actual === undefined || exported === actual) return findings.all;
  const reason = served.appProtocol === undefined ? `name "${served.name}"` : `appProtocol "${served.appProtocol}"`;
  findings.add("live-port-protocol", {
    subject: `export "${spec.name}"`,
    problem:
      `port ${port.number} has protocol ${port.protocol}, but by its ${reason} in the Service ` +
      `${spec.namespace}/${spec.service} Istio takes it for ${actual}, so ` +
      (exported === "TCP" || actual === "TCP"
        ? `retries, routes, metrics and policies for HTTP do not act at both ends of ${peerCalls(spec)}`
        : `gRPC and HTTP/2 ${peerCalls(spec)} become HTTP/1.1 on their way`) +
      (spec.meshNeutral ? "" : "; callers in this mesh are not affected"),
    remedy: "Give the port of the export the protocol of the Service, or correct the Service",
  });
  return findings.all;
}

/** A port of a mesh-neutral host that leads to a port of the pods to which the Service does not lead. */
function neutralPortWarnings(
  spec: ExportPlan,
  port: ExportedPort,
  service: LiveService,
  pods: LivePod[],
): readonly Finding[] {
  const findings = new Findings();
  const number = podPort(spec, port);
  const targets = tcpPorts(service).map((p) => targetsOf(p, pods));
  const isDeclared = pods.some(({ ports }) => ports.some((p) => p.number === number));
  if (isDeclared || targets.length === 0 || targets.some((found) => found.length === 0)) return findings.all;
  findings.add("live-target-port-unserved", {
    subject: `export "${spec.name}"`,
    problem:
      `port ${port.number} of its host ${spec.host} leads to port ${number} of the pods, but the Service ` +
      `${service.namespace}/${service.name} leads to ${[...new Set(targets.flat())].join(", ")} and no container ` +
      `declares ${number}, so ${peerCalls(spec)} fail unless the pods listen there; ` +
      "callers of the Service's own host are not affected",
    remedy: "Set targetPort of the port to that of the Service",
  });
  return findings.all;
}
