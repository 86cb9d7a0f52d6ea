/**
 * STRICT mutual TLS for the whole mesh: its workloads reject plaintext.
 * https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/#lock-down-mutual-tls-for-the-entire-mesh
 *
 * @param rootNamespace Istio's root namespace, where a policy applies to the whole mesh
 */
export function strictMtls(rootNamespace: string) {
  return { metadata: { name: "default", namespace: rootNamespace }, spec: strictMtlsSpec };
}

/** The spec of {@link strictMtls}, which is the same in every namespace. */
export const strictMtlsSpec = { mtls: { mode: "STRICT" } };
