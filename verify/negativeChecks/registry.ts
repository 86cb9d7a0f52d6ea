import type { ClusterCheck } from "./clusterCheck.ts";
import { attemptForeignTls } from "./foreignTls.ts";
import type { GatewayCheck } from "./gatewayCheck.ts";
import { attemptWithoutCertificate } from "./noCertificate.ts";
import { inspectTrust } from "./inconsistentTrust.ts";
import { attemptPlaintext } from "./plaintext.ts";
import { inspectGatewayHealth } from "./rejectedConfiguration.ts";
import { inspectRemoteSecrets } from "./remoteSecret.ts";
import { negativeCheck, type NegativeCheck } from "./result.ts";
import { attemptUnexportedName } from "./unexportedName.ts";
import { inspectWildcardHosts } from "./wildcardHost.ts";

/*
 * Every negative check, in the order of reports. A new check is an entry here, a file beside this one, a code in
 * federation/errors/catalogue/verify.ts and a section of docs/verify.md.
 */

/** Connections that each gateway of an import must refuse. */
export const gatewayChecks: readonly GatewayCheck[] = [
  { ...negativeCheck("unexported-name", "name that is not exported"), attempt: attemptUnexportedName },
  { ...negativeCheck("foreign-tls", "TLS that is not Istio's"), attempt: attemptForeignTls },
  { ...negativeCheck("plaintext", "plaintext to the gateway"), attempt: attemptPlaintext },
  { ...negativeCheck("no-certificate", "caller without a certificate"), attempt: attemptWithoutCertificate },
];

/** Ports and subsets of exported hosts that each exporter's gateway must refuse; `checkUndeclaredPorts` tries them. */
export const undeclaredPortCheck: NegativeCheck = negativeCheck("undeclared-port", "port that is not exported");

/** What no cluster of a mesh may have: such objects, or a gateway in such a state. */
export const clusterChecks: readonly ClusterCheck[] = [
  {
    ...negativeCheck("wildcard-host", "wildcard host on a gateway"),
    resource: "gateways of API group networking.istio.io",
    inspect: inspectWildcardHosts,
  },
  {
    ...negativeCheck("remote-secret", "credential for another cluster"),
    resource: "secrets",
    inspect: inspectRemoteSecrets,
  },
  {
    ...negativeCheck("rejected-configuration", "configuration that a gateway rejects"),
    resource: "pods, and gateways of API group networking.istio.io,",
    inspect: inspectGatewayHealth,
  },
  {
    ...negativeCheck("inconsistent-trust", "trust that is not published"),
    resource: "pods",
    inspect: inspectTrust,
  },
];

/** What must not be left of each peer that a mesh has in quarantine; `checkQuarantine` looks for it. */
export const quarantineCheck: NegativeCheck = negativeCheck("quarantine", "peer in quarantine");

/** The call that each exporter with `callers` must deny; `checkUndeclaredCaller` makes it from a probe pod. */
export const undeclaredCallerCheck: NegativeCheck = negativeCheck("undeclared-caller", "undeclared caller");

export const negativeChecks: readonly NegativeCheck[] = [
  ...gatewayChecks,
  undeclaredPortCheck,
  ...clusterChecks,
  quarantineCheck,
  undeclaredCallerCheck,
];
