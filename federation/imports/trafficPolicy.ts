import { z } from "zod";
import { duplicates } from "../config/fields.ts";
import { count, duration, durationOrNone } from "../config/istioFields.ts";

/*
 * What a user may say about the calls of an import, in Istio's own words. The shapes are those of Istio 1.28, the
 * oldest that is supported, without the fields that it has deprecated:
 * https://github.com/istio/api/blob/1.28.0/kubernetes/customresourcedefinitions.gen.yaml. The rules are Istio's own:
 * https://github.com/istio/istio/blob/release-1.28/pkg/config/validation/validation.go. What decides about mTLS is none
 * of it: `tls`, `tunnel` and `proxyProtocol` are the import's.
 */

const percent = z.int("must be a whole number").min(0, "must be 0 to 100").max(100, "must be 0 to 100");
const headerName = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, "must be the name of an HTTP header");
const cookieText = z.string().regex(/^[\x21-\x3a\x3c-\x7e]*$/, "must be printable, without blanks and ';'");

/** At least one key, because Istio rejects the object without any. */
const notEmpty = (value: object): boolean => Object.values(value).some((v) => v !== undefined);
const atLeastOne = "must have at least one key";

/** https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings */
export const connectionPoolSpec = z
  .strictObject({
    tcp: z
      .strictObject({
        maxConnections: count.optional(),
        connectTimeout: duration.optional(),
        tcpKeepalive: z
          .strictObject({ probes: count.optional(), time: duration.optional(), interval: duration.optional() })
          .optional(),
        maxConnectionDuration: duration.optional(),
        idleTimeout: durationOrNone.optional(),
      })
      .optional(),
    http: z
      .strictObject({
        http1MaxPendingRequests: count.optional(),
        http2MaxRequests: count.optional(),
        maxRequestsPerConnection: count.optional(),
        maxRetries: count.optional(),
        idleTimeout: duration.optional(),
        h2UpgradePolicy: z.enum(["DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"]).optional(),
        useClientProtocol: z.boolean().optional(),
        maxConcurrentStreams: count.optional(),
      })
      .refine(
        (http) => !(http.useClientProtocol && http.h2UpgradePolicy === "UPGRADE"),
        "cannot have useClientProtocol with h2UpgradePolicy UPGRADE",
      )
      .optional(),
  })
  .refine(notEmpty, atLeastOne);

const topologyLabels = ["region", "zone", "subzone"].map((part) =>
  part === "subzone" ? "topology.istio.io/subzone" : `topology.kubernetes.io/${part}`,
);

const region = z.string().regex(/^[^/*]+$/, "must be a region, without zone and *");

/** https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting */
const localityLbSetting = z
  .strictObject({
    enabled: z.boolean().optional(),
    distribute: z
      .array(
        z.strictObject({
          from: z.string().min(1, "must not be empty"),
          to: z
            .record(z.string().min(1), percent.min(1, "must be 1 to 100"))
            .refine((to) => Object.values(to).reduce((a, b) => a + b, 0) === 100, "must add up to 100"),
        }),
      )
      .optional(),
    failover: z
      .array(
        z.strictObject({ from: region, to: region }).refine(({ from, to }) => from !== to, "must name two regions"),
      )
      .optional(),
    failoverPriority: z.array(z.string().min(1, "must be labels")).optional(),
  })
  .refine(
    ({ distribute = [], failover = [] }) => distribute.length === 0 || failover.length === 0,
    "cannot have both distribute and failover",
  )
  .refine(
    ({ failover = [], failoverPriority = [] }) =>
      failover.length === 0 || !failoverPriority.some((l) => topologyLabels.includes(l)),
    "cannot have failover with a label of the topology in failoverPriority",
  );

/** Whether Envoy takes a size for a Maglev table. */
function isPrime(n: number): boolean {
  if (n < 2) return false;
  for (let i = 2; i * i <= n; i++) if (n % i === 0) return false;
  return true;
}

const hashKeys = ["httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName"] as const;

const consistentHash = z
  .strictObject({
    httpHeaderName: headerName.optional(),
    httpCookie: z
      .strictObject({
        name: headerName,
        path: cookieText.optional(),
        ttl: durationOrNone.optional(),
        attributes: z
          .array(z.strictObject({ name: headerName, value: cookieText.optional() }))
          .refine((all) => duplicates(all.map(({ name }) => name)).length === 0, "cannot name one twice")
          .optional(),
      })
      .optional(),
    useSourceIp: z.literal(true).optional(),
    httpQueryParameterName: z.string().min(1, "must not be empty").optional(),
    ringHash: z.strictObject({ minimumRingSize: count.optional() }).optional(),
    maglev: z
      .strictObject({
        tableSize: z.int("must be a whole number").refine((n) => n < 5_000_011 && isPrime(n), "must be a prime number"),
      })
      .optional(),
  })
  .refine(
    (hash) => hashKeys.filter((key) => hash[key] !== undefined).length === 1,
    `must have exactly one of ${hashKeys.join(", ")}`,
  )
  .refine(({ ringHash, maglev }) => !ringHash || !maglev, "cannot have both ringHash and maglev");

/**
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings
 *
 * Not PASSTHROUGH, for which istiod removes the endpoints, so that calls would go to the host's own address:
 * https://github.com/istio/istio/blob/release-1.28/pilot/pkg/networking/core/cluster_traffic_policy.go
 */
export const loadBalancerSpec = z
  .strictObject({
    simple: z.enum(["ROUND_ROBIN", "LEAST_REQUEST", "RANDOM"]).optional(),
    consistentHash: consistentHash.optional(),
    localityLbSetting: localityLbSetting.optional(),
    warmup: z
      .strictObject({
        duration,
        minimumPercent: z.number().min(0, "must be 0 to 100").max(100, "must be 0 to 100").optional(),
        aggression: z.number().min(1, "must be at least 1").optional(),
      })
      .optional(),
  })
  .refine(({ simple, consistentHash: hash }) => !simple || !hash, "cannot have both simple and consistentHash")
  .refine(notEmpty, atLeastOne);

/** https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection */
export const outlierDetectionSpec = z
  .strictObject({
    splitExternalLocalOriginErrors: z.boolean().optional(),
    consecutiveLocalOriginFailures: count.optional(),
    consecutiveGatewayErrors: count.optional(),
    consecutive5xxErrors: count.optional(),
    interval: duration.optional(),
    baseEjectionTime: duration.optional(),
    maxEjectionPercent: percent.optional(),
    minHealthPercent: percent.optional(),
  })
  .refine(
    (o) => o.splitExternalLocalOriginErrors !== false || !o.consecutiveLocalOriginFailures,
    "cannot have consecutiveLocalOriginFailures with splitExternalLocalOriginErrors: false",
  )
  .refine(notEmpty, atLeastOne);

export type ConnectionPool = z.infer<typeof connectionPoolSpec>;
export type LoadBalancing = z.infer<typeof loadBalancerSpec>;
export type OutlierDetection = z.infer<typeof outlierDetectionSpec>;

/** Settings of the DestinationRule of an import. */
export interface TrafficPolicy {
  connectionPool?: ConnectionPool | undefined;
  loadBalancer?: LoadBalancing | undefined;
  outlierDetection?: OutlierDetection | undefined;
}

/**
 * The settings that a DestinationRule repeats for each port and subset: what the user has set, and field by field the
 * default outlier detection. Istio rejects consecutiveLocalOriginFailures without splitExternalLocalOriginErrors, so
 * that of the two that the user has not set follows the other.
 *
 * @param byDefault outlier detection without the user's
 */
export function trafficSettings(
  { connectionPool, loadBalancer, outlierDetection: own }: TrafficPolicy,
  byDefault: OutlierDetection,
): TrafficPolicy & { outlierDetection: OutlierDetection } {
  return {
    ...(connectionPool ? { connectionPool } : {}),
    ...(loadBalancer ? { loadBalancer } : {}),
    outlierDetection: own ? withDefaults(own, byDefault) : byDefault,
  };
}

function withDefaults(own: OutlierDetection, byDefault: OutlierDetection): OutlierDetection {
  const { consecutiveLocalOriginFailures: _failures, ...others } = byDefault;
  if (own.splitExternalLocalOriginErrors === false) return { ...others, ...own };
  const split = own.consecutiveLocalOriginFailures ? { splitExternalLocalOriginErrors: true } : {};
  return { ...split, ...byDefault, ...own };
}
