import { isIP } from "node:net";
import { spiffeId } from "../federation/objects/names.ts";
import type { Edge } from "./edge.ts";
import { failed, type Evidence } from "./evidence.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";

/** Said where something cannot be seen from outside the target. */
export const notObservable = "not observable";

/** Who answered and who was seen calling. */
export interface Identities {
  /** Mesh of the workload that answers at the gateway, by the CA that issued its certificate. */
  mesh: string;
  /** Its SPIFFE ids. */
  workload: string;
  /** Endpoints that the client's sidecar used for the call. */
  upstream: string[];
  /** The caller as the target saw it. */
  caller: string;
  /** What is not as it should be. */
  problems: string[];
}

/**
 * Names both ends of a call. The server by its certificate, whose issuing intermediate belongs to one mesh: compared with
 * the CA of the peer's own gateway where its cluster can be asked, else by the locality that the trust stack gives it. A blended host may
 * be served in the client's own mesh: the endpoints that the sidecar used tell, and the gateway's certificate is not the
 * server's then.
 * @param known names of all meshes that are known
 */
export function identify(edge: Edge, evidence: Evidence, known: string[]): Identities {
  const problems: string[] = [];
  const shown = evidence.hellos.flatMap((h) => (h.outcome === "certificate" ? [h] : []));
  const meshes = new Set<string>();
  for (const { certificate, mesh } of shown) {
    const own = evidence.issuers[mesh];
    if (own !== undefined && own === certificate.issuerFingerprint) meshes.add(mesh);
    else if (certificate.issuerLocality !== undefined && known.includes(certificate.issuerLocality))
      meshes.add(certificate.issuerLocality);
    else if (own !== undefined && certificate.issuerFingerprint !== undefined)
      problems.push(
        `the workload behind the gateway of "${mesh}" has a certificate of another CA than that gateway: ${certificate.issuer}`,
      );
  }
  for (const mesh of meshes)
    if (!edge.meshes.includes(mesh))
      problems.push(`a workload of mesh "${mesh}" answers, not one of ${edge.meshes.join(" or ")}`);
  const forwarded = forwardedCertificate(evidence);
  const upstream = used(evidence);
  const at = placesOf(edge, evidence, upstream);
  const expected = spiffeId(edge.trustDomain, edge.client.namespace, edge.client.serviceAccount);
  if (forwarded) {
    if (forwarded["URI"] !== expected)
      problems.push(`the caller arrived as ${forwarded["URI"] ?? "nobody"}, expected ${expected}`);
    const by = forwarded["By"] ?? "nobody";
    // Where a blended call went is known only of a gateway's endpoint alone; a server of one's own is not pinned.
    if (
      (!edge.blended || (at.gateway && !at.home)) &&
      edge.subjectAltNames.length > 0 &&
      !edge.subjectAltNames.includes(by)
    )
      problems.push(`${by} answered, expected ${edge.subjectAltNames.join(" or ")}`);
  }
  // Without its counters, a blended call may have gone either way.
  const untold =
    edge.blended && (evidence.before === undefined || evidence.endpoints === undefined || failed(evidence.endpoints));
  const remote =
    untold || (at.home && !at.gateway)
      ? { meshes: [], workloads: [] }
      : { meshes: [...meshes], workloads: shown.flatMap((h) => h.certificate.subjectAltNames) };
  const home = at.home
    ? { meshes: [edge.mesh], workloads: forwarded?.["By"] ? [forwarded["By"]] : [] }
    : { meshes: [], workloads: [] };
  const list = (names: string[]): string => [...new Set(names)].join(", ") || notObservable;
  return {
    mesh: list([...remote.meshes, ...home.meshes].sort()),
    workload: list([...remote.workloads, ...home.workloads]),
    upstream,
    caller: forwarded?.["URI"] ?? notObservable,
    problems,
  };
}

/** Fields of X-Forwarded-Client-Cert, by which the server's sidecar tells who it is (By) and who called (URI). */
function forwardedCertificate({ answer }: Evidence): Record<string, string> | undefined {
  const header = Object.entries(answer?.echoed ?? {}).find(
    ([name]) => name.toLowerCase() === "x-forwarded-client-cert",
  )?.[1];
  if (!header) return undefined;
  return Object.fromEntries(
    header
      .split(",")[0]!
      .split(";")
      .map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)]),
  );
}

/** Whether a call went to a gateway, and whether to an endpoint of a blended host in the client's own mesh. */
function placesOf(edge: Edge, { published }: Evidence, upstream: string[]): { gateway: boolean; home: boolean } {
  const gateways = [...edge.gateways, ...(published ?? [])];
  // The addresses of a gateway that is known by name cannot be told from others.
  if (!edge.blended || gateways.some((g) => isIP(g.address) === 0))
    return { gateway: upstream.length > 0, home: false };
  const known = new Set(gateways.map(socketAddress));
  return { gateway: upstream.some((u) => known.has(u)), home: upstream.some((u) => !known.has(u)) };
}

/** Endpoints whose counters moved; a connection that stays open moves only the requests'. */
function used({ endpoints, before }: Evidence): string[] {
  if (!endpoints || failed(endpoints) || !before) return [];
  const moved = endpoints.filter((e) => {
    const earlier = before.find((b) => b.address === e.address);
    return e.requests > (earlier?.requests ?? 0) || e.connections > (earlier?.connections ?? 0);
  });
  return moved.map((e) => e.address);
}
