import { isIP } from "node:net";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import type { EnvoyEndpoint } from "../../kube/envoy.ts";
import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { resultsOf, type HopCheck } from "./result.ts";

/** Checks that the client's sidecar has healthy endpoints, at the present addresses of the peer's gateways. */
export function checkEndpoint(edge: Edge, { endpoints, published }: Evidence): HopCheck {
  const result = resultsOf(edge.mesh);
  if (!endpoints) return result.unknown("the sidecar's endpoints were not read");
  if (failed(endpoints)) return result.unknown(endpoints.failure);
  if (endpoints.length === 0) return noEndpoint(edge);
  const stale = staleAddress(edge, endpoints, published);
  if (stale) return stale;
  const unhealthy = endpoints.filter((e) => e.health !== "HEALTHY");
  if (unhealthy.length === endpoints.length)
    return result.failed(
      unhealthy.map((e) => `endpoint ${e.address} is ${e.health}`).join(", "),
      "Outlier detection has ejected it after failed calls: a later hop fails or failed until now; see the " +
        "hops below, or wait for the ejection to end",
    );
  const exception = unhealthy.map((e) => `${e.address} ${e.health}`).join(", ");
  return result.passed(`${addressesOf(endpoints)} HEALTHY${exception ? `, except ${exception}` : ""}`);
}

function noEndpoint(edge: Edge): HopCheck {
  const result = resultsOf(edge.mesh);
  const { name, namespace } = edge.object;
  const names = edge.gateways.filter((g) => isIP(g.address) === 0).map((g) => g.address);
  const problem = `the client's sidecar has no endpoint for ${edge.host}:${edge.port.number}`;
  return names.length > 0
    ? result.failed(
        `${problem}: it did not resolve ${names.join(", ")}`,
        `Make the gateway's name resolve in mesh "${edge.mesh}" (DNS, or a Service of that name), and check ` +
          "the answer of its DNS; a sidecar asks again within about a minute",
      )
    : result.failed(
        problem,
        `ServiceEntry ${namespace}/${name} has no endpoints; run \`pulumi up --refresh --stack ${edge.stack}\``,
      );
}

/** The failure where the sidecar does not have the gateways' present addresses. */
function staleAddress(edge: Edge, endpoints: EnvoyEndpoint[], published: Evidence["published"]): HopCheck | undefined {
  const present = published !== undefined && published.length > 0;
  const gateways = present ? published : edge.gateways;
  // Only the sidecar knows the addresses behind a name.
  if (gateways.length === 0 || gateways.some((g) => isIP(g.address) === 0)) return undefined;
  const expected = gateways.map(socketAddress);
  const actual = endpoints.map((e) => e.address);
  const missing = expected.filter((address) => !actual.includes(address));
  const stale = edge.blended ? [] : actual.filter((address) => !expected.includes(address));
  if (missing.length + stale.length === 0) return undefined;
  const source = present ? `${edge.meshes.join(" and ")} now publishes` : "the import was created for";
  return resultsOf(edge.mesh).failed(
    `the client's sidecar uses ${addressesOf(endpoints)}, but ${source} ${expected.join(", ")}`,
    `Run \`pulumi up --refresh --stack ${edge.stack}\`, which takes over the gateway's present address`,
  );
}

function addressesOf(endpoints: EnvoyEndpoint[]): string {
  return endpoints.map((e) => e.address).join(", ");
}
