import type { Edge } from "../edge.ts";
import { failed, type Evidence, type FarSide, type Hello } from "../evidence.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** Does the gateway know the name under which the call comes, that is: is it exported? */
export function judgeSni(edge: Edge, { hellos, far }: Evidence): Verdict {
  const sides = far.filter((f): f is FarSide => !failed(f) && f.chain !== undefined);
  if (sides.length > 0) return judgeDirectly(edge, sides, hellos);
  const { good, broken, unknown } = verdictsOf("sni", edge.mesh, true);
  const reached = hellos.filter((h) => h.outcome !== "unreachable");
  if (reached.length === 0) return unknown("no gateway could be asked");
  const refusing = reached.filter((h) => h.outcome === "reset");
  const sni = reached[0]!.sni;
  if (refusing.length < reached.length) return good(`the gateway passes ${sni} on`);
  return broken(
    `the gateway breaks off a ClientHello for ${sni}: it is not exported there, or nothing ready stands behind it`,
    `the owner of ${edge.meshes.join(" and ")} must look whether ${edge.exportedHost} is exported (\`pulumi up --refresh --stack ${edge.meshes[0]}\`) and has ready pods; verify with both sides' credentials tells which`,
  );
}

function judgeDirectly(edge: Edge, sides: FarSide[], hellos: Hello[]): Verdict {
  // A certificate from behind the gateway shows that it passes the name on, whichever gateway's configuration was read.
  const lacking = sides.filter(
    (s) => !s.chain && !hellos.some((h) => h.mesh === s.mesh && h.outcome === "certificate"),
  );
  const { good, broken } = verdictsOf("sni", (lacking[0] ?? sides[0]!).mesh);
  if (lacking.length < sides.length)
    return good(
      sides.some((s) => s.chain)
        ? `the gateway has a filter chain for ${edge.exportedHost}:${edge.port.number}`
        : `the gateway passes ${edge.exportedHost}:${edge.port.number} on`,
    );
  const side = lacking[0]!;
  const hosts = side.passthrough.flatMap((g) => g.hosts);
  const why = hosts.includes(edge.exportedHost)
    ? side.service.exists
      ? `although a Gateway names the host; istiod has no mTLS port ${edge.port.number} for it`
      : `although a Gateway names the host: there is no Service of that name`
    : `no Gateway names the host; they name ${hosts.join(", ") || "nothing"}`;
  return broken(
    `the gateway of ${side.mesh} has no filter chain for ${edge.exportedHost}:${edge.port.number}: ${why}`,
    `run \`pulumi up --refresh --stack ${side.mesh}\` if it is to be exported, or remove the import`,
  );
}
