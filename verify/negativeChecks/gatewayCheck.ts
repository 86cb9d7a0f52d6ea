import { socketAddress } from "../../federation/objects/socketAddress.ts";
import type { Edge, GatewayAddress } from "../edge.ts";
import type { ClientHelloResult } from "../evidence.ts";
import type { RawResponse } from "../gather/clientHello.ts";
import type { Reach } from "../gather/reach.ts";
import { negativeResult, type NegativeCheck, type NegativeResult } from "./result.ts";

/** A gateway, with an exported service to call through it. */
export interface GatewayTarget {
  edge: Edge;
  gateway: GatewayAddress;
  /** How to get there. */
  reach: Reach;
  /** The SNI of the exported service. */
  sni: string;
  /** A service behind the gateway that exists and is not exported, where one is known. */
  hidden?: { host: string; port: number } | undefined;
}

/** The outcome of a connection that a gateway must refuse. */
export interface Attempt {
  outcome: "refused" | "accepted" | "unreachable";
  /** The failure, where it was accepted. */
  problem: string;
}

/** A negative check at a gateway. It changes nothing. */
export interface GatewayCheck extends NegativeCheck {
  attempt: (target: GatewayTarget) => Promise<Attempt>;
}

/** The outcome of a ClientHello that must be refused. */
export function outcomeOfHello({ outcome }: ClientHelloResult): Attempt["outcome"] {
  if (outcome === "unreachable") return outcome;
  return outcome === "reset" ? "refused" : "accepted";
}

/** The outcome of a request that must not be answered. */
export function outcomeOfResponse({ answered, reachable }: RawResponse): Attempt["outcome"] {
  if (answered !== undefined) return "accepted";
  return reachable ? "refused" : "unreachable";
}

/**
 * The result of an attempt. It is conclusive only while the control succeeds, a ClientHello for the exported service,
 * and where there was a connection: without one, nothing was refused or accepted.
 */
export function gatewayResult(
  check: NegativeCheck,
  { edge, gateway }: Pick<GatewayTarget, "edge" | "gateway">,
  control: ClientHelloResult,
  { outcome, problem }: Attempt,
): NegativeResult {
  const address = socketAddress(gateway);
  const controlPassed = control.outcome === "certificate";
  const state = !controlPassed || outcome === "unreachable" ? "unknown" : outcome === "refused" ? "passed" : "failed";
  const inconclusive = controlPassed
    ? `there was no connection to ${address}, so the check is not conclusive; run it again`
    : `the exported name is not accepted at ${address} either (${control.outcome}), so a refusal proves nothing`;
  return negativeResult(check, gateway.mesh, {
    state,
    control: controlPassed ? "the exported name is accepted" : `none: ${control.outcome}`,
    evidence: state === "unknown" ? inconclusive : state === "failed" ? problem : `${address} refuses it`,
    seenFrom: edge.mesh,
  });
}
