/** The hops of a call between meshes, in the order in which a call passes them. */
export const hopNames = [
  "client",
  "dns",
  "listener",
  "endpoint",
  "tcp",
  "sni",
  "tls",
  "authorization",
  "target",
] as const;
export type HopName = (typeof hopNames)[number];

/** What a hop is called in reports. */
export const hopTitles: Record<HopName, string> = {
  client: "client pod",
  dns: "DNS name",
  listener: "listener and cluster in the client's sidecar",
  endpoint: "endpoint and its health",
  tcp: "TCP to the gateway",
  sni: "the gateway's SNI chain",
  tls: "TLS",
  authorization: "authorization",
  target: "the target itself",
};

/** What one hop's evidence says. */
export interface Verdict {
  hop: HopName;
  /** `unknown`: the evidence does not tell. */
  state: "good" | "broken" | "unknown";
  /** What was seen, in one sentence. */
  evidence: string;
  /** What to do about it; only where broken. */
  remedy?: string;
  /** Mesh from whose side it was seen. */
  seenFrom: string;
  /** Whether it was concluded from the importing side about something on the exporting side. */
  inferred: boolean;
}

/** Makes verdicts of one hop. */
export function verdictsOf(hop: HopName, seenFrom: string, inferred = false) {
  const verdict = (state: Verdict["state"], evidence: string, remedy?: string): Verdict => ({
    hop,
    state,
    evidence,
    seenFrom,
    inferred,
    ...(remedy ? { remedy } : {}),
  });
  return {
    good: (evidence: string) => verdict("good", evidence),
    broken: (evidence: string, remedy: string) => verdict("broken", evidence, remedy),
    unknown: (evidence: string) => verdict("unknown", evidence),
  };
}
