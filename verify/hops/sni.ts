import type { Edge } from "../edge.ts";
import { listed } from "../listed.ts";
import { failed, type ClientHelloResult, type Evidence, type PeerSide } from "../evidence.ts";
import { rejectionOf } from "./rejection.ts";
import { resultsOf, type HopCheck } from "./result.ts";

/** Checks that the gateway accepts the SNI of the call, that is, that the service is exported. */
export function checkSni(edge: Edge, { clientHellos, peerSides }: Evidence): HopCheck {
  const sides = peerSides.filter((side): side is PeerSide => !failed(side) && side.chain !== undefined);
  if (sides.length > 0) return checkInPeers(edge, sides, clientHellos);
  const result = resultsOf(edge.mesh, true);
  const reached = clientHellos.filter((h) => h.outcome !== "unreachable");
  if (reached.length === 0) return result.unknown("no gateway could be reached");
  const resets = reached.filter((h) => h.outcome === "reset");
  const sni = reached[0]!.sni;
  if (resets.length < reached.length) return result.passed(`the gateway accepts ${sni}`);
  const owner = edge.meshes.join(" and ");
  return result.failed(
    `the gateway resets a ClientHello for ${sni}: it is not exported there, or has no ready pod`,
    `The owner of ${owner} must check that ${edge.exportedHost} is exported (\`pulumi up --refresh --stack ` +
      `${edge.meshes[0]}\`) and has ready pods; with both sides' credentials, \`npm run verify\` shows which`,
  );
}

function checkInPeers(edge: Edge, sides: PeerSide[], clientHellos: ClientHelloResult[]): HopCheck {
  // A certificate from behind the gateway shows that it accepts the name, whichever gateway's configuration was read.
  const lacking = sides.filter(
    (side) => !side.chain && !clientHellos.some((h) => h.mesh === side.mesh && h.outcome === "certificate"),
  );
  const result = resultsOf((lacking[0] ?? sides[0]!).mesh);
  const service = `${edge.exportedHost}:${edge.port.number}`;
  if (lacking.length < sides.length)
    return result.passed(
      sides.some((side) => side.chain)
        ? `the gateway has a filter chain for ${service}`
        : `the gateway accepts ${service}`,
    );
  const side = lacking[0]!;
  const evidence = `the gateway of ${side.mesh} has no filter chain for ${service}: `;
  const rejection = rejectionOf(side);
  if (rejection) return result.failed(`${evidence}it ${rejection.evidence}`, rejection.remedy);
  return result.failed(
    `${evidence}${reasonOf(edge, side)}`,
    `Run \`pulumi up --refresh --stack ${side.mesh}\` if it is to be exported, or remove the import`,
  );
}

function reasonOf(edge: Edge, { passthrough, service }: PeerSide): string {
  const hosts = passthrough.flatMap((gateway) => gateway.hosts);
  if (!hosts.includes(edge.exportedHost)) return `no Gateway names the host; they name ${listed(hosts) || "none"}`;
  return service.exists
    ? `a Gateway names the host, but istiod has no mTLS port ${edge.port.number} for it`
    : "a Gateway names the host, but there is no Service of that name";
}
