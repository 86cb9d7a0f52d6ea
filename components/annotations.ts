import * as pulumi from "@pulumi/pulumi";

/*
 * Annotations that the Kubernetes provider of Pulumi reads.
 * https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/
 */

/**
 * An update of the object takes over fields that another field manager set, instead of failing with a conflict.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export const patchForce = { "pulumi.com/patchForce": "true" };

/** The provider does not wait for the object. */
export const skipAwait = { "pulumi.com/skipAwait": "true" };

/** The provider waits for the first address of a Service of type LoadBalancer, and for nothing else. */
export const waitForAddress = { "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}" };

/** Metadata with further annotations. */
export function annotated<T extends object>(metadata: pulumi.Input<T>, annotations: Record<string, string>) {
  return pulumi.output(metadata).apply((known) => {
    const given = known as T & { annotations?: Record<string, string> };
    return { ...given, annotations: { ...given.annotations, ...annotations } };
  });
}
