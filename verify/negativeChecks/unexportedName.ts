import { autoPassthroughSni } from "../../federation/objects/names.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { outcomeOfHello, type Attempt, type GatewayTarget } from "./gatewayCheck.ts";

/** Sends a ClientHello for a service that is not exported: one that exists, or an invented one where none is known. */
export async function attemptUnexportedName({ edge, gateway, hidden, reach }: GatewayTarget): Promise<Attempt> {
  const sni = hidden
    ? autoPassthroughSni(hidden.host, hidden.port)
    : unexportedSni(edge.exportedHost, edge.port.number);
  return {
    outcome: outcomeOfHello(await reach.hello(gateway, sni)),
    problem: `the gateway ${socketAddress(gateway)} accepts ${sni}, which is not exported`,
  };
}

/** The SNI of a service that does not exist, in the namespace of an exported one. */
export function unexportedSni(exportedHost: string, port: number): string {
  return autoPassthroughSni(`not-exported.${exportedHost.split(".").slice(1).join(".")}`, port);
}
