import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { count, duration } from "../config/istioFields.ts";

/** Conditions of a retry besides status codes. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on */
const retryConditions = [
  ...["5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "retriable-4xx", "refused-stream"],
  ...["retriable-status-codes", "retriable-headers", "envoy-ratelimited", "http3-post-connect-failure"],
  ...["cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"],
];

/** Go, in which Istio checks them, knows all of Node's status codes but 509. */
const isStatusCode = (text: string): boolean => text !== "509" && text in STATUS_CODES;

/** https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry */
export const retriesSpec = z
  .strictObject({
    /** Retries of one call, beyond the first attempt; 0: none. */
    attempts: count,
    perTryTimeout: duration.optional(),
    retryOn: z
      .string()
      .refine(
        (text) => text.split(",").every((part) => retryConditions.includes(part) || isStatusCode(part)),
        "must be conditions of Envoy (x-envoy-retry-on) and HTTP status codes, joined by commas without blanks",
      )
      .optional(),
    retryRemoteLocalities: z.boolean().optional(),
    retryIgnorePreviousHosts: z.boolean().optional(),
    backoff: duration.optional(),
  })
  .refine(
    (r) => r.attempts > 0 || [r.perTryTimeout, r.retryOn, r.retryRemoteLocalities].every((v) => v === undefined),
    "cannot have perTryTimeout, retryOn or retryRemoteLocalities with attempts: 0",
  );

/** https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute */
export const timeoutSpec = duration;

export type Retries = z.infer<typeof retriesSpec>;

/** Settings of the HTTP routes of an import. */
export interface RoutePolicy {
  retries?: Retries | undefined;
  timeout?: string | undefined;
}

/** Whether an import has settings that take a VirtualService, whether their values are known yet or not. */
export function hasRoutes({ retries, timeout }: { [key in keyof RoutePolicy]: unknown }): boolean {
  return retries !== undefined || timeout !== undefined;
}
