import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { outcomeOfResponse, type Attempt, type GatewayTarget } from "./gatewayCheck.ts";

/** Sends a request in plaintext. */
export async function attemptPlaintext({ gateway, reach }: GatewayTarget): Promise<Attempt> {
  const response = await reach.plaintext(gateway);
  return {
    outcome: outcomeOfResponse(response),
    problem: `the gateway ${socketAddress(gateway)} answers plaintext: ${JSON.stringify(response.answered)}`,
  };
}
