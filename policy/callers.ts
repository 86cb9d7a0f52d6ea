import { isUnknown, listOf, objectOf, wordOf } from "./values.ts";

/** A principal that stands for a whole trust domain, or for all. */
const domainWide = /^(\*|[^/*]+\/\*)$/;

/**
 * Whether a list of principals names each of them: no wildcard, and not empty. What is not known yet is taken for
 * named.
 */
function areNamed(values: unknown): boolean {
  if (isUnknown(values)) return true;
  const list = listOf(values);
  return list.length > 0 && list.every((v) => typeof v === "string" && v !== "" && !v.includes("*"));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function conditions(rule: Record<string, any>): Record<string, any>[] {
  return listOf(rule["when"]).map(objectOf);
}

/**
 * Whether a rule of an ALLOW policy lets only callers in that it names: by principals in every source, or in a
 * condition on `source.principal`. Without `from`, or with an empty source, it lets anybody in. `serviceAccounts` and
 * `namespaces` name nobody: they match in whatever trust domain, so in any mesh under the common root.
 */
export function allowsNamed(value: unknown): boolean {
  if (isUnknown(value)) return true;
  const rule = objectOf(value);
  if (isUnknown(rule["from"]) || conditions(rule).some((c) => c["key"] === "source.principal" && areNamed(c["values"])))
    return true;
  const sources = listOf(rule["from"]).map((f) => (isUnknown(f) ? { principals: f } : objectOf(objectOf(f)["source"])));
  return sources.length > 0 && sources.every((s) => areNamed(s["principals"]));
}

/**
 * Whether a rule of a DENY policy denies all callers that it does not name, on every exported port: by `notPrincipals`,
 * a condition on `source.principal` with `notValues`, or `notServiceAccounts` of `trustDomains`. It may keep to the
 * callers of whole trust domains, and to those who come by the host's SNI; a rule that keeps to anything else, such as
 * a method or path, lets others in.
 *
 * @param host the exported host
 * @param ports pod ports that are exported; undefined where not known
 */
export function deniesOthers(value: unknown, host: string, ports: string[] | undefined): boolean {
  if (isUnknown(value)) return true;
  const rule = objectOf(value);
  return onAllPorts(rule["to"], ports) && deniesUnnamed(rule, host);
}

function onAllPorts(to: unknown, ports: string[] | undefined): boolean {
  if (isEmpty(to) || isUnknown(to)) return true;
  const operations = listOf(to).map((t) => objectOf(objectOf(t)["operation"]));
  const wide = operations.filter((o) => Object.entries(o).every(([key, v]) => key === "ports" || isEmpty(v)));
  const covered = wide.flatMap((o) => listOf(o["ports"]).map(wordOf));
  return (
    wide.some((o) => isEmpty(o["ports"]) || isUnknown(o["ports"])) ||
    (wide.length > 0 && (ports ?? []).every((p) => covered.includes(p)))
  );
}

function deniesUnnamed(rule: Record<string, any>, host: string): boolean {
  const names = (c: Record<string, any>): boolean =>
    c["key"] === "source.principal" && areNamed(c["notValues"]) && isEmpty(c["values"]);
  const bySni = (c: Record<string, any>): boolean =>
    c["key"] === "connection.sni" &&
    isEmpty(c["notValues"]) &&
    (isUnknown(c["values"]) || listOf(c["values"]).some((v) => isSniOf(v, host)));
  if (!conditions(rule).every((c) => names(c) || bySni(c))) return false;
  if (isEmpty(rule["from"])) return conditions(rule).some(names);
  if (isUnknown(rule["from"])) return true;
  return listOf(rule["from"])
    .map((f) => objectOf(objectOf(f)["source"]))
    .some(({ principals, notPrincipals, trustDomains, notServiceAccounts, ...others }) => {
      // Of whole trust domains, service accounts name callers: elsewhere they match in any domain.
      if (!isEmpty(trustDomains) || !isEmpty(notServiceAccounts))
        return (
          [trustDomains, notServiceAccounts].every(areNamed) &&
          [principals, notPrincipals, ...Object.values(others)].every(isEmpty)
        );
      const wide =
        isEmpty(principals) ||
        isUnknown(principals) ||
        listOf(principals).every((p) => typeof p === "string" && domainWide.test(p));
      const named = areNamed(notPrincipals) || (isEmpty(notPrincipals) && conditions(rule).some(names));
      return wide && named && Object.values(others).every(isEmpty);
    });
}

/** Whether a value of `connection.sni` takes every port and subset of a host. */
function isSniOf(value: unknown, host: string): boolean {
  return typeof value === "string" && value.startsWith("*") && `_.${host}`.endsWith(value.slice(1));
}
