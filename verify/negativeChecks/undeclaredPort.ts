import { printable } from "../../federation/errors/userError.ts";
import { autoPassthroughSni } from "../../federation/objects/names.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { serverNames } from "../../kube/envoy.ts";
import { errorLine } from "../../kube/errors.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import { inParallel } from "../../kube/inParallel.ts";
import type { GatewayAddress } from "../edge.ts";
import { failed, type ClientHelloResult, type Failure } from "../evidence.ts";
import { sendClientHello } from "../gather/clientHello.ts";
import { gatewayProxies } from "../gather/peerSide.ts";
import type { Reach } from "../gather/reach.ts";
import type { ExportedHost, Exporter } from "./exporters.ts";
import { outcomeOfHello } from "./gatewayCheck.ts";
import { negativeResult, type NegativeCheck, type NegativeResult } from "./result.ts";

/** Ports to try where the Service cannot be read: of applications, metrics, and of proxies. */
const usualPorts = [80, 443, 8080, 9090, 9901, 15020];

/** Number of hosts that are checked in parallel. */
const concurrency = 8;

/** Names that are shown in an evidence at most. */
const maxShown = 5;

/** What was found out about a mesh's exported hosts. */
interface Findings {
  /** Names that the gateway accepts, and that no export publishes. */
  accepted: string[];
  /** Hosts of which neither a connection nor the gateway's configuration shows anything, with the reason. */
  unknown: string[];
  /** What succeeded at the same time. */
  control: string;
}

/** Sends a ClientHello to a gateway. */
type SendHello = (...args: Parameters<Reach["hello"]>) => Promise<ClientHelloResult>;

/**
 * Checks that a mesh's gateway accepts no port and no subset of its exported hosts that its exports do not publish.
 *
 * It sends a ClientHello for each other TCP port of the Service, with an exported port as the control, and reads the
 * filter chains of the gateway, where its cluster can be read.
 */
export async function checkUndeclaredPorts(
  check: NegativeCheck,
  exporter: Exporter,
  send: SendHello = sendClientHello,
): Promise<NegativeResult> {
  const chains = exporter.cluster && (await attempt(() => readChains(exporter.cluster!, exporter.hosts)));
  const { accepted, unknown, control } = await findingsOf(exporter, chains, send);
  const state = accepted.length > 0 ? "failed" : unknown.length > 0 ? "unknown" : "passed";
  const more = accepted.length > maxShown ? ` and ${accepted.length - maxShown} more` : "";
  const names = `${accepted.slice(0, maxShown).join(", ")}${more}`;
  const evidence = {
    failed:
      `the gateway of ${exporter.mesh} accepts ${names}, which no export publishes: publish the port or subset, ` +
      "or remove it from the Service or DestinationRule that the gateway knows",
    unknown: `${unknown.slice(0, maxShown).join("; ")}, so the check is not conclusive`,
    passed: "the gateway refuses every other port",
  }[state];
  return negativeResult(check, exporter.mesh, {
    state,
    control,
    evidence: printable(evidence),
    seenFrom: exporter.cluster ? exporter.mesh : exporter.seenFrom,
  });
}

async function findingsOf(
  { hosts, gateways, cluster }: Exporter,
  chains: Chains | Failure | undefined,
  send: SendHello,
): Promise<Findings> {
  const tried = await inParallel(hosts, concurrency, (exported) => tryHost(exported, gateways, cluster, send));
  const read = chains && !failed(chains) ? chains : undefined;
  const controls = tried.filter((t) => t.control).length;
  return {
    accepted: [...new Set([...(read?.undeclared ?? []), ...tried.flatMap((t) => t.accepted)])],
    // A gateway's configuration that has the exported name is conclusive, too.
    unknown: tried.flatMap((t, i) => (t.unknown && !read?.exported.has(hosts[i]!.host) ? [t.unknown] : [])),
    control:
      controls > 0
        ? `${controls} exported names accepted`
        : read?.exported.size
          ? `${read.pods} gateway pods read`
          : "none: no exported name is accepted",
  };
}

interface HostResult {
  accepted: string[];
  /** Whether an exported port of the host is accepted. */
  control: boolean;
  unknown?: string;
}

/** Sends each gateway a ClientHello for an exported port of a host, and where it is accepted, for each other port. */
async function tryHost(
  { host, service, ports }: ExportedHost,
  gateways: GatewayAddress[],
  cluster: KubeClient | undefined,
  send: SendHello,
): Promise<HostResult> {
  const others = await otherPorts(service, ports, cluster);
  const perGateway = await Promise.all(
    gateways.map(async (gateway): Promise<HostResult> => {
      const at = `${host} at ${socketAddress(gateway)}`;
      const control = await send(gateway, autoPassthroughSni(host, ports[0]!));
      if (control.outcome !== "certificate")
        return {
          accepted: [],
          control: false,
          unknown: `the exported name of ${at} is not accepted (${control.outcome})`,
        };
      const hellos = await Promise.all(
        others.map(async (other) => ({ ...(await send(gateway, autoPassthroughSni(host, other))), other })),
      );
      const lost = hellos.filter((h) => outcomeOfHello(h) === "unreachable");
      return {
        accepted: hellos.filter((h) => outcomeOfHello(h) === "accepted").map(({ other }) => `${host}:${other}`),
        control: true,
        ...(lost.length > 0 ? { unknown: `there was no connection for port ${lost[0]!.other} of ${at}` } : {}),
      };
    }),
  );
  const unknown = perGateway.find((r) => r.unknown)?.unknown;
  return {
    accepted: perGateway.flatMap((r) => r.accepted),
    control: perGateway.some((r) => r.control),
    ...(unknown ? { unknown } : {}),
  };
}

/** TCP ports of a Service that its exports do not name; usual ones where it cannot be read. */
async function otherPorts(
  service: ExportedHost["service"],
  exported: number[],
  cluster: KubeClient | undefined,
): Promise<number[]> {
  const found = cluster && service && (await attempt(() => cluster.service(service.namespace, service.name)));
  const all =
    found && !failed(found)
      ? (found.spec?.ports ?? []).filter((p) => (p.protocol ?? "TCP") === "TCP").map((p) => p.port)
      : usualPorts;
  return all.filter((port) => !exported.includes(port));
}

/** Filter chains of the gateway's pods for exported hosts. */
interface Chains {
  /** Hosts that have a chain which an export publishes. */
  exported: Set<string>;
  /** Names of chains that no export publishes: `host:port`, `host:port subset v1`. */
  undeclared: string[];
  pods: number;
}

async function readChains(cluster: KubeClient, hosts: ExportedHost[]): Promise<Chains> {
  const { proxies } = await gatewayProxies(cluster, hosts[0]!.host);
  const readings = await Promise.all(proxies.map(async (proxy) => serverNames((await proxy.listeners()).active)));
  return { ...chainsOf(readings.flat(), hosts), pods: readings.length };
}

/** Filter chains for exported hosts, by their SNI names. */
export function chainsOf(sniNames: string[], hosts: ExportedHost[]): Pick<Chains, "exported" | "undeclared"> {
  const [exported, undeclared] = [new Set<string>(), new Set<string>()];
  for (const sni of sniNames) {
    const [, port, subset, host] = /^outbound_\.(\d+)_\.(.*?)_\.(.+)$/.exec(sni) ?? [];
    const known = hosts.find((h) => h.host === host);
    if (!known) continue;
    if (known.ports.includes(Number(port)) && (!subset || known.subsets.includes(subset))) exported.add(known.host);
    else undeclared.add(`${known.host}:${port}${subset ? ` subset ${subset}` : ""}`);
  }
  return { exported, undeclared: [...undeclared] };
}

async function attempt<T>(read: () => Promise<T>): Promise<T | Failure> {
  try {
    return await read();
  } catch (error) {
    return { failure: errorLine(error) };
  }
}
