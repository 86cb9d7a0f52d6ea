import type { ErrorCode } from "../../federation/errors/catalogue/index.ts";
import type { Edge } from "../edge.ts";
import type { Evidence } from "../evidence.ts";
import { pageOf } from "../page.ts";
import { checkAuthorization } from "./authorization.ts";
import { checkClient } from "./client.ts";
import { checkDns } from "./dns.ts";
import { checkEndpoint } from "./endpoint.ts";
import { checkListener } from "./listener.ts";
import type { HopCheck } from "./result.ts";
import { checkSni } from "./sni.ts";
import { checkTarget } from "./target.ts";
import { checkTcp } from "./tcp.ts";
import { checkTls } from "./tls.ts";

/** Names of hops: each `hop-<id>` is a code of the error catalogue. */
export type HopId = ErrorCode extends infer Code ? (Code extends `hop-${infer Id}` ? Id : never) : never;

/** One step of a call between meshes. */
export interface Hop {
  id: HopId;
  code: `hop-${HopId}`;
  /** Name in reports. */
  title: string;
  /** Name in the table's narrow column. */
  short: string;
  /** What a failure of it says, in a few words. */
  failure: string;
  check: (edge: Edge, evidence: Evidence) => HopCheck;
  /** Section of docs/verify.md about the hop. */
  page: string;
}

/**
 * Every hop, in the order in which a call passes them. Reports follow this order. A new hop is an entry here, a file
 * beside this one, a code in federation/errors/catalogue/verify.ts and a section of docs/verify.md.
 */
export const hops: readonly Hop[] = [
  hop("client", "client pod", "no pod of the client can call", checkClient),
  hop("dns", "DNS name", "the host does not resolve", checkDns),
  hop("listener", "listener and cluster in the client's sidecar", "not configured in the sidecar", checkListener),
  hop("endpoint", "endpoint and its health", "no healthy endpoint in the sidecar", checkEndpoint),
  hop("tcp", "TCP to the gateway", "no connection to the gateway", checkTcp),
  hop("sni", "SNI chain of the gateway", "not exported there, or not ready", checkSni),
  hop("tls", "TLS", "a certificate is not accepted", checkTls),
  hop("authorization", "authorization", "the client is denied there", checkAuthorization, "authz"),
  hop("target", "target", "the target does not answer as expected", checkTarget),
];

function hop(id: HopId, title: string, failure: string, check: Hop["check"], short: string = id): Hop {
  const code = `hop-${id}` as const;
  return { id, code, title, short, failure, check, page: pageOf(code) };
}

/** The result of one hop of an edge. */
export interface HopResult extends HopCheck, Pick<Hop, "code" | "page"> {
  hop: HopId;
}

/** The results of all hops, in order. */
export function checkHops(edge: Edge, evidence: Evidence): HopResult[] {
  return hops.map(({ id, code, page, check }) => ({ hop: id, code, page, ...check(edge, evidence) }));
}

/** The first failed hop. Hops behind it fail for the same reason, or are unknown. */
export function firstFailed(results: readonly HopResult[]): HopResult | undefined {
  return results.find(({ state }) => state === "failed");
}

/** The entry of a hop. */
export function hopOf(id: HopId): Hop {
  return hops.find((entry) => entry.id === id)!;
}
