import { Findings, type Finding } from "../errors/userError.ts";
import { serviceHost } from "../objects/names.ts";
import type { ExportPlan } from "./exportPlan.ts";

/**
 * What is wrong with the host of an export, which its mesh's cluster domain decides: the host of another Service, or a
 * mesh-neutral one without the labels of the pods that it leads to.
 * @param subject the export's place in the configuration, such as `exports.0`
 */
export function exportHostFindings(
  { host, meshNeutral, selector, service, namespace }: ExportPlan,
  clusterDomain: string,
  subject: string,
): readonly Finding[] {
  const findings = new Findings();
  if (!meshNeutral) return findings.all;
  if (!selector)
    findings.add("config-value-missing", {
      subject: `${subject}.selector`,
      problem:
        "must name the labels of the serving pods (the Service's selector), which the mesh-neutral host resolves to",
      remedy: "",
    });
  if (host.endsWith(`.svc.${clusterDomain}`))
    findings.add("config-value-invalid", {
      subject: `${subject}.host`,
      problem:
        `is the host of another Service; omit it (${serviceHost(service, namespace, clusterDomain)}), ` +
        `or choose a mesh-neutral host such as ${service}.mesh.global (given: ${JSON.stringify(host)})`,
      remedy: "",
    });
  return findings.all;
}
