import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { sendClientHello } from "../gather/clientHello.ts";
import { outcomeOfHello, type Attempt, type GatewayTarget } from "./gatewayCheck.ts";

/** Sends a ClientHello for an exported service without Istio's protocol (ALPN). */
export async function attemptForeignTls({ gateway, sni }: GatewayTarget): Promise<Attempt> {
  return {
    outcome: outcomeOfHello(await sendClientHello(gateway, sni, null)),
    problem: `the gateway ${socketAddress(gateway)} accepts TLS without the protocol "istio"`,
  };
}
