import { isIP } from "node:net";
import type { Finding } from "../federation/errors/userError.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import { clientId } from "./clientSelection.ts";
import { edgeName, type Edge } from "./edge.ts";
import { failed, type Evidence } from "./evidence.ts";
import { lastForwardedElement, type ForwardedElement } from "./forwardedCertificate.ts";

/** Reported where something cannot be observed from outside the target. */
export const notObservable = "not observable";

/** Server and caller of a call, as they were observed. */
export interface Identities {
  /** Mesh of the workload that answers, by the CA that issued its certificate. */
  mesh: string;
  /** Its SPIFFE IDs. */
  workload: string;
  /** Endpoints that the client's sidecar used for the call. */
  upstream: string[];
  /** The caller as the target saw it. */
  caller: string;
  /** Identities that are not the expected ones. */
  problems: Finding[];
}

/** Meshes and SPIFFE IDs of workloads. */
interface Workloads {
  meshes: string[];
  ids: string[];
}

const noWorkloads: Workloads = { meshes: [], ids: [] };

/**
 * Names both ends of a call. The server's certificate shows its mesh: by its issuing intermediate, compared with the CA
 * of the peer's own gateway where its cluster can be read, else by the locality that the trust stack gives it.
 *
 * A blended host may be served in the client's own mesh. The endpoints that the sidecar used show it; the certificate
 * behind the gateway is then not the server's.
 * @param known names of all known meshes
 */
export function identify(edge: Edge, evidence: Evidence, known: string[]): Identities {
  const { meshes, ids, problems } = certificateIdentities(edge, evidence, known);
  const forwarded = forwardedCertificate(evidence);
  const upstream = usedEndpoints(evidence);
  const sides = servingSides(edge, evidence, upstream);
  if (forwarded) problems.push(...forwardedProblems(edge, forwarded, sides));
  // Without its counters, a blended call may have gone either way.
  const unknown =
    edge.blended && (evidence.before === undefined || evidence.endpoints === undefined || failed(evidence.endpoints));
  const remote = unknown || (sides.local && !sides.gateway) ? noWorkloads : { meshes, ids };
  const local = sides.local ? { meshes: [edge.mesh], ids: [...(forwarded?.get("by") ?? [])] } : noWorkloads;
  const list = (names: string[]): string => [...new Set(names)].join(", ") || notObservable;
  return {
    mesh: list([...remote.meshes, ...local.meshes].sort()),
    workload: list([...remote.ids, ...local.ids]),
    upstream,
    caller: list([...(forwarded?.get("uri") ?? [])].filter((uri) => uri !== "")),
    problems,
  };
}

/** The workloads behind the gateways by their certificates, and those that are not expected there. */
function certificateIdentities(edge: Edge, evidence: Evidence, known: string[]): Workloads & { problems: Finding[] } {
  const problems: Finding[] = [];
  const meshes = new Set<string>();
  const shown = evidence.clientHellos.flatMap((h) => (h.outcome === "certificate" ? [h] : []));
  for (const { certificate, mesh } of shown) {
    const gatewayIssuer = evidence.issuers[mesh];
    const { issuerFingerprint, issuerLocality, issuer } = certificate;
    if (gatewayIssuer !== undefined && gatewayIssuer === issuerFingerprint) meshes.add(mesh);
    else if (issuerLocality !== undefined && known.includes(issuerLocality)) meshes.add(issuerLocality);
    else if (gatewayIssuer !== undefined && issuerFingerprint !== undefined)
      problems.push(
        serverProblem(edge, `the workload behind the gateway of "${mesh}" has a certificate of another CA: ${issuer}`),
      );
  }
  for (const mesh of meshes)
    if (!edge.meshes.includes(mesh))
      problems.push(serverProblem(edge, `a workload of mesh "${mesh}" answers, expected ${edge.meshes.join(" or ")}`));
  return { meshes: [...meshes], ids: shown.flatMap((h) => h.certificate.subjectAltNames), problems };
}

function serverProblem(edge: Edge, problem: string): Finding {
  return {
    code: "edge-server-identity",
    subject: edgeName(edge),
    problem,
    remedy: `The owner of ${edge.meshes.join(" and ")} must check the gateway's address and the workloads behind it`,
  };
}

/**
 * Problems of caller and server as the server's sidecar reports them. The caller has one URI: with a second one, it
 * could pass for another workload. A sidecar that is told to leave the URI out says nothing of the caller.
 */
function forwardedProblems(edge: Edge, forwarded: ForwardedElement, sides: ServingSides): Finding[] {
  const problems: Finding[] = [];
  const expected = clientId(edge);
  const uris = forwarded.get("uri");
  if (uris && (uris.length > 1 || uris[0] !== expected))
    problems.push({
      code: "edge-caller-identity",
      subject: edgeName(edge),
      problem: `the caller arrived as ${shown(uris)}, expected ${expected}`,
      remedy: "Check for a proxy between the client and the target, and the client's service account",
    });
  const by = forwarded.get("by") ?? [];
  // For a blended call only a gateway's endpoint is conclusive: a local server is not pinned.
  const isPinned = !edge.blended || (sides.gateway && !sides.local);
  if (isPinned && edge.subjectAltNames.length > 0 && !by.some((id) => edge.subjectAltNames.includes(id)))
    problems.push(serverProblem(edge, `${shown(by)} answered, expected ${edge.subjectAltNames.join(" or ")}`));
  return problems;
}

function shown(identities: readonly string[]): string {
  return identities.join(" and ").slice(0, 500) || "no identity";
}

/** What the server's sidecar says of the call: itself (by) and the caller (uri). */
function forwardedCertificate({ answer }: Evidence): ForwardedElement | undefined {
  const header = Object.entries(answer?.echoed ?? {}).find(
    ([name]) => name.toLowerCase() === "x-forwarded-client-cert",
  )?.[1];
  return header ? lastForwardedElement(header) : undefined;
}

/** Whether a call went to a gateway, and whether to an endpoint of a blended host in the client's own mesh. */
interface ServingSides {
  gateway: boolean;
  local: boolean;
}

function servingSides(edge: Edge, { published }: Evidence, upstream: string[]): ServingSides {
  const gateways = [...edge.gateways, ...(published ?? [])];
  // The addresses behind a gateway's name cannot be distinguished from others.
  if (!edge.blended || gateways.some((g) => isIP(g.address) === 0))
    return { gateway: upstream.length > 0, local: false };
  const known = new Set(gateways.map(socketAddress));
  return { gateway: upstream.some((u) => known.has(u)), local: upstream.some((u) => !known.has(u)) };
}

/** Endpoints whose counters increased. A connection that stays open increases only the count of requests. */
function usedEndpoints({ endpoints, before }: Evidence): string[] {
  if (!endpoints || failed(endpoints) || !before) return [];
  const used = endpoints.filter((e) => {
    const earlier = before.find((b) => b.address === e.address);
    return e.requests > (earlier?.requests ?? 0) || e.connections > (earlier?.connections ?? 0);
  });
  return used.map((e) => e.address);
}
