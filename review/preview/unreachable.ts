import type { ErrorCode } from "../../federation/errors/catalogue/index.ts";

/**
 * Words of Pulumi's Kubernetes provider, client-go and Go's net package for a cluster that does not answer. They are
 * parsed because the engine hands over the message only.
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go
 */
const unreachableText =
  /cluster is unreachable|connection refused|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|no such host|i\/o timeout|no route to host/i;

/** Codes of this project's program that mean the same. The engine prints an error of the program with its code. */
const unreachableCodes: readonly ErrorCode[] = ["review-cluster-unreachable"];

/** The engine's summary of any failure. */
const summary = /^(?:error: )?(?:preview|update) failed$/i;

/**
 * The first line of the message when an unreachable cluster is the only reason why a preview failed; undefined when
 * there is another error, which is an error of the change itself.
 */
export function unreachableCluster(errors: string[]): string | undefined {
  const causes = errors.filter((error) => !summary.test(error.trim()));
  const unreachable = (error: string): boolean =>
    unreachableText.test(error) || unreachableCodes.some((code) => error.includes(`[${code}]`));
  return causes.length > 0 && causes.every(unreachable) ? causes[0]!.split("\n")[0] : undefined;
}
