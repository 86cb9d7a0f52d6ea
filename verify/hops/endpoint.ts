import { isIP } from "node:net";
import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** Does the client's sidecar have endpoints, healthy ones, and are they where the peer's gateway is now? */
export function judgeEndpoint(edge: Edge, { endpoints, published }: Evidence): Verdict {
  const { good, broken, unknown } = verdictsOf("endpoint", edge.mesh);
  if (!endpoints) return unknown("the sidecar's endpoints were not looked at");
  if (failed(endpoints)) return unknown(endpoints.failure);
  const { name, namespace } = edge.object;
  const names = edge.gateways.filter((g) => isIP(g.address) === 0).map((g) => g.address);
  if (endpoints.length === 0 && names.length > 0)
    return broken(
      `the client's sidecar has no endpoint for ${edge.host}:${edge.port.number}: it did not resolve ${names.join(", ")}`,
      `make the gateway's name resolve in mesh "${edge.mesh}" (DNS, or a Service of that name), and look at what its DNS says; a sidecar asks again within about a minute`,
    );
  if (endpoints.length === 0)
    return broken(
      `the client's sidecar has no endpoint for ${edge.host}:${edge.port.number}`,
      `ServiceEntry ${namespace}/${name} has no endpoints; run \`pulumi up --refresh --stack ${edge.stack}\``,
    );
  const have = endpoints.map((e) => e.address);
  const gateways = published && published.length > 0 ? published : edge.gateways;
  // A name in the contract stands for addresses that only the sidecar knows.
  if (gateways.length > 0 && gateways.every((g) => isIP(g.address) > 0)) {
    const wanted = gateways.map(socketAddress);
    const missing = wanted.filter((address) => !have.includes(address));
    const stale = edge.blended ? [] : have.filter((address) => !wanted.includes(address));
    if (missing.length + stale.length > 0) {
      const whose =
        published && published.length > 0 ? `${edge.meshes.join(" and ")} now publishes` : "the import was made for";
      return broken(
        `the client's sidecar uses ${have.join(", ")}, but ${whose} ${wanted.join(", ")}`,
        `run \`pulumi up --refresh --stack ${edge.stack}\`, which takes over the gateway's present address`,
      );
    }
  }
  const ill = endpoints.filter((e) => e.health !== "HEALTHY");
  if (ill.length === endpoints.length)
    return broken(
      ill.map((e) => `endpoint ${e.address} is ${e.health}`).join(", "),
      "outlier detection has ejected it after failed calls: what follows behind it is broken or was until now; see the hops below, or wait for the ejection to end",
    );
  return good(
    `${have.join(", ")} HEALTHY${ill.length > 0 ? `, except ${ill.map((e) => `${e.address} ${e.health}`).join(", ")}` : ""}`,
  );
}
