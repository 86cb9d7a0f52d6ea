import { setTimeout as sleep } from "node:timers/promises";
import type { ContractImport, FederationContract } from "../../components/plan/contract.ts";
import { spiffeId } from "../../components/plan/names.ts";
import type { SampleClient } from "../../components/plan/sampleObjects.ts";
import type { Cluster } from "./cluster.ts";
import { endpointsOf, type Endpoint } from "./endpoints.ts";

/** What came of one call through an import. */
export interface CallReport {
  mesh: string;
  from: string;
  url: string;
  /** The calling pod. */
  client: string;
  status: number | undefined;
  /** Headers as the server got them, where it echoes them. */
  headers: Record<string, string>;
  /** Endpoints of the imported host in the client's sidecar. */
  endpoints: Endpoint[];
  /** What is not as it should be; empty when all is well. */
  problems: string[];
}

/** New configuration takes a few seconds to reach every sidecar, so a first failure is not yet an answer. */
const patience = 30_000;

/** Calls the first HTTP port of an import from the mesh's client, until all is well or patience ends. */
export async function callImport(cluster: Cluster, mesh: FederationContract, spec: ContractImport, client: SampleClient, peer: FederationContract | undefined): Promise<CallReport> {
  const deadline = Date.now() + patience;
  for (;;) {
    const report = await callOnce(cluster, mesh, spec, client, peer);
    if (report.problems.length === 0 || Date.now() > deadline) return report;
    await sleep(1000);
  }
}

async function callOnce(cluster: Cluster, mesh: FederationContract, spec: ContractImport, client: SampleClient, peer: FederationContract | undefined): Promise<CallReport> {
  const port = spec.ports.find((p) => p.protocol.startsWith("HTTP")) ?? spec.ports[0]!;
  const url = `http://${spec.host}:${port.number}/headers`;
  const pod = await cluster.readyPod(client.namespace, client.app);
  const called = await cluster.exec({ namespace: client.namespace, pod, container: client.container }, ["curl", "-sS", "--max-time", "5", "-w", "\n%{http_code}", url]);
  const { status, headers } = readAnswer(called.stdout);
  const clusters = await cluster.exec({ namespace: client.namespace, pod, container: "istio-proxy" }, ["pilot-agent", "request", "GET", "clusters"]);
  const endpoints = endpointsOf(clusters.stdout, spec.host, port.number);
  const report: CallReport = { mesh: mesh.mesh.name, from: spec.from, url, client: `${client.namespace}/${pod}`, status, headers, endpoints, problems: [] };
  if (status !== 200) report.problems.push(`expected status 200, got ${status ?? "no answer"}${called.stderr.trim() ? ` (${called.stderr.trim()})` : ""}`);
  report.problems.push(...endpointProblems(endpoints, peer), ...identityProblems(headers, mesh, client, peer, spec));
  return report;
}

/** The status that curl appended, and the headers of an echo like `{"headers": {name: value or [value]}}`. */
export function readAnswer(stdout: string): { status: number | undefined; headers: Record<string, string> } {
  const end = stdout.lastIndexOf("\n");
  const status = Number(stdout.slice(end + 1)) || undefined;
  try {
    const echoed = (JSON.parse(stdout.slice(0, end)) as { headers?: Record<string, string | string[]> }).headers ?? {};
    return { status, headers: Object.fromEntries(Object.entries(echoed).map(([name, value]) => [name, String(value)])) };
  } catch {
    return { status, headers: {} };
  }
}

function endpointProblems(endpoints: Endpoint[], peer: FederationContract | undefined): string[] {
  if (endpoints.length === 0) return ["the client's sidecar has no endpoint for the host"];
  const problems = endpoints.filter((e) => e.health !== "HEALTHY").map((e) => `endpoint ${e.address} is ${e.health}`);
  if (!peer) return problems;
  const published = peer.gateways.map((g) => `${g.address}:${g.port}`);
  const stale = endpoints.filter((e) => !published.includes(e.address)).map((e) => e.address);
  if (stale.length > 0) problems.push(`the sidecar uses ${stale.join(", ")}, but mesh "${peer.mesh.name}" now publishes ${published.join(", ") || "no gateway"}; run \`npm run up\``);
  return problems;
}

/** The server's sidecar tells in X-Forwarded-Client-Cert who it is (By) and who called (URI). */
function identityProblems(headers: Record<string, string>, mesh: FederationContract, client: SampleClient, peer: FederationContract | undefined, spec: ContractImport): string[] {
  const forwarded = Object.entries(headers).find(([name]) => name.toLowerCase() === "x-forwarded-client-cert")?.[1];
  if (!forwarded) return ["the answer echoes no X-Forwarded-Client-Cert: the request did not arrive over the mesh's mTLS"];
  const fields = Object.fromEntries(forwarded.split(",")[0]!.split(";").map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)]));
  const caller = spiffeId(mesh.mesh.trustDomain, client.namespace, client.app);
  const servers = peer?.exports.find((e) => e.name === spec.name)?.subjectAltNames;
  return [
    ...(fields["URI"] === caller ? [] : [`the caller arrived as ${fields["URI"] ?? "nobody"}, expected ${caller}`]),
    ...(servers && !servers.includes(fields["By"] ?? "") ? [`${fields["By"] ?? "nobody"} answered, expected ${servers.join(" or ")}`] : []),
  ];
}
