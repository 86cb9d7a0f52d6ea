import type { Edge } from "../edge.ts";
import type { Evidence } from "../evidence.ts";
import { judgeAuthorization } from "./authorization.ts";
import { judgeClient } from "./client.ts";
import { judgeDns } from "./dns.ts";
import { judgeEndpoint } from "./endpoint.ts";
import { judgeListener } from "./listener.ts";
import { judgeSni } from "./sni.ts";
import { judgeTarget } from "./target.ts";
import { judgeTcp } from "./tcp.ts";
import { judgeTls } from "./tls.ts";
import type { Verdict } from "./verdict.ts";

/** Every hop's judge, in the order in which a call passes the hops. */
const judges: readonly ((edge: Edge, evidence: Evidence) => Verdict)[] = [
  judgeClient,
  judgeDns,
  judgeListener,
  judgeEndpoint,
  judgeTcp,
  judgeSni,
  judgeTls,
  judgeAuthorization,
  judgeTarget,
];

/** What each hop's evidence says. */
export function walkHops(edge: Edge, evidence: Evidence): Verdict[] {
  return judges.map((judge) => judge(edge, evidence));
}

/** The first broken hop; what is behind it is broken for its sake, or cannot be told. */
export function firstBroken(verdicts: Verdict[]): Verdict | undefined {
  return verdicts.find((v) => v.state === "broken");
}
