/**
 * Words of Pulumi's Kubernetes provider, client-go and Go's net package for a cluster that does not answer. They are
 * parsed because the engine hands over the message only.
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go
 */
const unreachableText =
  /cluster is unreachable|connection refused|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|no such host|i\/o timeout|no route to host/i;

/** The engine's summary of any failure. */
const summary = /^(?:error: )?(?:preview|update) failed$/i;

/**
 * The first line of the message when an unreachable cluster is the only reason why a preview failed; undefined when
 * there is another error, which is an error of the change itself.
 */
export function unreachableCluster(errors: string[]): string | undefined {
  const causes = errors.filter((error) => !summary.test(error.trim()));
  const unreachable = causes.length > 0 && causes.every((error) => unreachableText.test(error));
  return unreachable ? causes[0]!.split("\n")[0] : undefined;
}
