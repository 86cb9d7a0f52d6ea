import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { outcomeOfHello, type Attempt, type GatewayTarget } from "./gatewayCheck.ts";

/** Sends a ClientHello for an exported service without Istio's protocol (ALPN). */
export async function attemptForeignTls({ gateway, sni, reach }: GatewayTarget): Promise<Attempt> {
  return {
    outcome: outcomeOfHello(await reach.hello(gateway, sni, null)),
    problem: `the gateway ${socketAddress(gateway)} accepts TLS without the protocol "istio"`,
  };
}
