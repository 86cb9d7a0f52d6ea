import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { sendPlaintext } from "../gather/clientHello.ts";
import { outcomeOfResponse, type Attempt, type GatewayTarget } from "./gatewayCheck.ts";

/** Sends a request in plaintext. */
export async function attemptPlaintext({ gateway }: GatewayTarget): Promise<Attempt> {
  const response = await sendPlaintext(gateway);
  return {
    outcome: outcomeOfResponse(response),
    problem: `the gateway ${socketAddress(gateway)} answers plaintext: ${JSON.stringify(response.answered)}`,
  };
}
