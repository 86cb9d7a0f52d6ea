/** A host that a mesh calls, and the ports to call. */
export interface LoadEdge {
  /** The importing mesh. */
  mesh: string;
  /** A full name, such as `echo.apps.svc.cluster.local`. */
  host: string;
  /** At least one. Only a connection to a TCP port is a new mTLS connection: sidecars reuse those of HTTP. */
  ports: { http?: number; tcp?: number };
  /** Path that is answered with status 200, default `/`. */
  path?: string;
  /** Namespace of the client pod, default `apps`. It must see the import. */
  namespace?: string;
  /**
   * Age at which the client renews a kept TCP connection, in seconds; 0: never. Default 5, because Istio's echo server
   * closes each TCP connection after 15 s.
   */
  renewAfter?: number;
}

/**
 * - `http kept`: HTTP requests over one connection. Istio's sidecars repeat such a request up to twice when they cannot
 *   connect, so these count fewer failures than there are. The echo server closes a connection after 5 idle seconds,
 *   httpbin after 2: a busy machine turns that into a failure now and then.
 * - `tcp fresh`: a line over a new connection, which makes a new mTLS connection to the exporter and verifies both
 *   certificates.
 * - `tcp kept`: a line over one connection.
 *
 * A request over a kept connection waits for the answer to the one before, so a connection that hangs counts once.
 */
export type LoadKind = "http kept" | "tcp fresh" | "tcp kept";

/** What the generator sends to a port. */
export interface Rate {
  kind: LoadKind;
  port: number;
  /** Requests per second. */
  rate: number;
}

/** A failed request. */
export interface Failure {
  /** RFC 3339, UTC. */
  at: string;
  what: string;
  /** Seconds from its start to the failure. */
  seconds: number;
}

/** Counts of one kind of requests of an edge. */
export interface KindCounts extends Rate {
  sent: number;
  answered: number;
  failed: number;
  /** Connections that the client opened while counting; 0 where one from before was kept throughout. */
  connections: number;
  /** Duration of the slowest request, in seconds. */
  slowest: number;
  /** The first three failures, and the last. */
  failures: Failure[];
  last: Failure | null;
  /** When the last answer was complete, RFC 3339, UTC; null where nothing was answered. */
  lastAnswer: string | null;
}

/** Counts of one edge. */
export interface EdgeCounts {
  mesh: string;
  host: string;
  sent: number;
  answered: number;
  failed: number;
  kinds: KindCounts[];
}

/** What `counts.json` of a generator contains. */
export interface GeneratorCounts {
  run: string;
  state: "starting" | "running" | "ended";
  seconds: number;
  cpuSeconds: number;
  edges: { host: string; waitsFor: string[]; kinds: KindCounts[] }[];
}

/** Share of the planned requests that a generator must have sent. Less means that it stood still. */
const leastShare = 0.8;

/** Divides the requests to an edge among its ports: half over fresh connections, where it has a TCP port. */
export function ratesOf({ host, ports: { http, tcp } }: LoadEdge, perSecond: number): Rate[] {
  const one = (kind: LoadKind, port: number, share: number): Rate => ({ kind, port, rate: perSecond * share });
  if (tcp === undefined && http === undefined) throw new Error(`load: no port of ${host} is given`);
  if (tcp === undefined) return [one("http kept", http!, 1)];
  if (http === undefined) return [one("tcp fresh", tcp, 1 / 2), one("tcp kept", tcp, 1 / 2)];
  return [one("tcp fresh", tcp, 1 / 2), one("tcp kept", tcp, 1 / 4), one("http kept", http, 1 / 4)];
}

/** The counts by edge, with sums. */
export function sumCounts(edges: LoadEdge[], { edges: counted }: GeneratorCounts): EdgeCounts[] {
  return edges.map(({ mesh, host }, i) => {
    const kinds = counted[i]?.kinds ?? [];
    const sum = (of: (counts: KindCounts) => number) => kinds.reduce((total, counts) => total + of(counts), 0);
    return {
      mesh,
      host,
      sent: sum((c) => c.sent),
      answered: sum((c) => c.answered),
      failed: sum((c) => c.failed),
      kinds,
    };
  });
}

/**
 * Why the counts of a generator that ended say nothing about the edges: it did not run, or sent too little. Empty when
 * they do.
 *
 * @param run the run that was started
 * @param seconds how long it should have sent, by the clock of the test
 */
export function countsProblems(
  run: string,
  edges: LoadEdge[],
  perSecond: number,
  counts: GeneratorCounts,
  seconds: number,
): string[] {
  if (counts.run !== run) return [`the counts are of run ${counts.run}, not of ${run}`];
  if (counts.state !== "ended") return [`the generator has not ended: it is ${counts.state}`];
  return edges.flatMap((edge, i) =>
    ratesOf(edge, perSecond).flatMap(({ kind, port, rate }) => {
      const what = `${edge.mesh} -> ${edge.host}:${port} ${kind}`;
      const of = counts.edges[i];
      const found = of?.host === edge.host ? of.kinds.find((k) => k.kind === kind && k.port === port) : undefined;
      if (!found) return [`${what}: not counted`];
      const { sent, answered, failed } = found;
      const least = Math.max(1, Math.floor(seconds * rate * leastShare));
      return [
        // Written so that NaN is a problem.
        ...(sent >= least ? [] : [`${what}: ${sent} sent in ${Math.round(seconds)} s, expected at least ${least}`]),
        ...(answered + failed === sent ? [] : [`${what}: ${sent} sent, ${answered} answered, ${failed} failed`]),
      ];
    }),
  );
}

/** The counts as lines, failures included. */
export function countsLines(edges: EdgeCounts[]): string[] {
  return edges.flatMap(({ mesh, host, sent, answered, failed, kinds }) => [
    `load: ${mesh} -> ${host}: ${sent} sent, ${answered} answered, ${failed} failed`,
    ...kinds.flatMap((k) => [
      `  ${k.kind} :${k.port}: ${k.sent} sent, ${k.answered} answered, ${k.failed} failed; ` +
        `${k.connections} connections; slowest ${k.slowest} s`,
      ...k.failures.map((failure) => `    ${failureLine(failure)}`),
      ...(k.failed > k.failures.length && k.last ? [`    ${failureLine(k.last)} (the last)`] : []),
    ]),
  ]);
}

/** A failure in words, with its time. */
export function failureLine({ at, what, seconds }: Failure): string {
  return `${at} ${what} after ${seconds} s`;
}
