import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { outcomeOfResponse, type Attempt, type GatewayTarget } from "./gatewayCheck.ts";

/** Sends a request to an exported service in TLS without a client certificate. */
export async function attemptWithoutCertificate({ gateway, sni, reach }: GatewayTarget): Promise<Attempt> {
  const response = await reach.withoutCertificate(gateway, sni);
  const answer = JSON.stringify(response.answered);
  return {
    outcome: outcomeOfResponse(response),
    problem: `a caller without a certificate gets an answer through ${socketAddress(gateway)}: ${answer}`,
  };
}
