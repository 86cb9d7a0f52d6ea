import { clientTls, pinnedNames } from "../clientTls.ts";
import { hostOf, takes } from "../hosts.ts";
import { isImport, leadsAway, networkLabel } from "../imports.ts";
import { is, specOf, violation, type Resource, type Rule, type Violation } from "../rule.ts";
import { isUnknown, listOf, objectOf, textOf, wordOf } from "../values.ts";

/** https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-subject_alt_names */
export const importSans: Rule = {
  name: "import-pins-identities",
  description:
    "An import says which identities may answer (subjectAltNames). Without them any workload with a certificate " +
    "of the common root could answer in the service's place.",
  scope: "stack",
  check: (resources) => [
    ...resources
      .filter((r) => isImport(r, resources) && !pinned(r) && !pinnedByRules(r, resources))
      .map((resource) =>
        violation(resource, {
          problem: `imports ${listOf(specOf(resource)["hosts"]).map(wordOf).join(", ")} and pins no identity`,
          field: "spec.subjectAltNames",
          allowed:
            "the SPIFFE ids of the accounts that serve it, here or in every TLS setting (ISTIO_MUTUAL) of its " +
            "DestinationRule",
          remedy: "set subjectAltNames to those ids, as the exporter publishes them",
        }),
      ),
    ...resources
      .filter(
        (r) =>
          is(r, "networking.istio.io", "WorkloadEntry") &&
          leadsAway(specOf(r)) &&
          textOf(specOf(r)["serviceAccount"]) === undefined,
      )
      .map((resource) =>
        violation(resource, {
          problem: `is an endpoint ${whereOf(resource)} without an identity`,
          field: "spec.serviceAccount",
          allowed: "the account that serves it there",
          remedy: "set serviceAccount, in an entry for each account",
        }),
      ),
    ...resources.flatMap((r) => unverified(r, resources)),
  ],
};

function whereOf(entry: Resource): string {
  const { network, labels } = specOf(entry);
  const name = textOf(network) ?? textOf(objectOf(labels)[networkLabel]);
  return name === undefined ? "behind an east-west gateway" : `in network ${name}`;
}

/**
 * Settings towards an import by which the client verifies no certificate, so that pinned names are not looked at.
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings-insecure_skip_verify
 */
function unverified(resource: Resource, resources: Resource[]): Violation[] {
  if (!is(resource, "networking.istio.io", "DestinationRule")) return [];
  const imported = resources
    .filter((r) => isImport(r, resources))
    .flatMap((r) => listOf(specOf(r)["hosts"]))
    .filter((h) => takes(hostOf(resource, resources), h));
  if (imported.length === 0) return [];
  return clientTls(resource)
    .filter(({ tls }) => tls["insecureSkipVerify"] === true)
    .map(({ field }) =>
      violation(resource, {
        problem: `verifies no certificate of the imported host ${imported.map(wordOf).join(", ")}`,
        field: `${field}.insecureSkipVerify`,
        allowed: "false, which is the default",
        remedy: "remove it",
      }),
    );
}

function pinned(resource: Resource): boolean {
  const sans = specOf(resource)["subjectAltNames"];
  return isUnknown(sans) || pinnedNames(sans).length > 0;
}

/**
 * Each host has a DestinationRule that pins in every setting; one without mTLS checks no mesh identity. Of several that
 * take a host, the most specific is in force; one for some workloads only (`workloadSelector`) leaves the others out.
 * https://istio.io/latest/docs/ops/best-practices/traffic-management/#cross-namespace-configuration
 */
function pinnedByRules(resource: Resource, resources: Resource[]): boolean {
  const rules = resources.filter((r) => is(r, "networking.istio.io", "DestinationRule"));
  const pins = (rule: Resource): boolean =>
    clientTls(rule).every(
      ({ tls }) =>
        ["ISTIO_MUTUAL", "MUTUAL"].includes(tls["mode"]) &&
        (isUnknown(tls["subjectAltNames"]) || pinnedNames(tls["subjectAltNames"]).length > 0),
    );
  const inForce = (host: unknown): Resource[] => {
    const taking = rules.filter(
      (rule) =>
        takes(hostOf(rule, resources), host) && Object.keys(objectOf(specOf(rule)["workloadSelector"])).length === 0,
    );
    const longest = Math.max(...taking.map((rule) => hostOf(rule, resources)!.length));
    return taking.filter((rule) => hostOf(rule, resources)!.length === longest);
  };
  const hosts = listOf(specOf(resource)["hosts"]);
  return hosts.length > 0 && hosts.every((host) => inForce(host).length > 0 && inForce(host).every(pins));
}
