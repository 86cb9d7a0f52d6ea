import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { sendWithoutCertificate } from "../gather/clientHello.ts";
import { outcomeOfResponse, type Attempt, type GatewayTarget } from "./gatewayCheck.ts";

/** Sends a request to an exported service in TLS without a client certificate. */
export async function attemptWithoutCertificate({ gateway, sni }: GatewayTarget): Promise<Attempt> {
  const response = await sendWithoutCertificate(gateway, sni);
  const answer = JSON.stringify(response.answered);
  return {
    outcome: outcomeOfResponse(response),
    problem: `a caller without a certificate gets an answer through ${socketAddress(gateway)}: ${answer}`,
  };
}
