import { mappingIn, valueAt } from "../config/values.ts";
import type { Finding } from "../errors/userError.ts";
import { rfc1123Subdomain } from "../objects/names.ts";
import type { FederationPlan } from "../planFederation.ts";
import type { LiveDomains, NamedDomain } from "./liveCluster.ts";

type Plan = Pick<FederationPlan, "imports" | "exports" | "identity">;

/**
 * The cluster domain in the field `values` of Istio's injector ConfigMap, which has the chart's `global`; istiod gets
 * the same value as `--domain`. Undefined where there is none, or one that is no domain.
 * https://github.com/istio/istio/blob/1.31.0/manifests/charts/istio-control/istio-discovery/templates/deployment.yaml
 */
export function domainInValues(values: string | undefined): string | undefined {
  return domainOf(valueAt(mappingIn(values), "global.proxy.clusterDomain"));
}

/**
 * The cluster domain in the field `kubelet` of kubeadm's ConfigMap `kubelet-config`. Undefined where there is none, or
 * one that is no domain. https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export function domainInKubelet(kubelet: string | undefined): string | undefined {
  return domainOf(mappingIn(kubelet)["clusterDomain"]);
}

/** A difference from the cluster domain of an existing Istio, which then knows no host of a Service in the plan. */
export function domainProblems(plan: Plan, domains: LiveDomains = {}): Finding[] {
  return usesServiceHosts(plan) ? difference(plan, domains.istio) : [];
}

/**
 * Differences that keep nothing in the plan from working: of an existing Istio where no host of a Service is in the
 * plan, and of the nodes where no Istio is known, because Istio's hosts end with its own domain.
 */
export function domainWarnings(plan: Plan, { istio, nodes }: LiveDomains = {}): Finding[] {
  if (istio) return usesServiceHosts(plan) ? [] : difference(plan, istio);
  return difference(plan, nodes);
}

/** Whether a host of the plan is that of one of the mesh's own Services. */
function usesServiceHosts({ imports, exports }: Plan): boolean {
  return exports.some(({ spec }) => !spec.meshNeutral) || imports.some(({ blend }) => blend !== undefined);
}

function difference({ identity: { clusterDomain, name } }: Plan, found: NamedDomain | undefined): Finding[] {
  if (!found || found.domain === clusterDomain) return [];
  return [
    {
      code: "live-cluster-domain",
      subject: `mesh "${name}"`,
      problem:
        `mesh.clusterDomain is ${clusterDomain}, but the hosts of its Services end with ${found.domain}, ` +
        `as ${found.object} says`,
      remedy: `Set mesh.clusterDomain to ${found.domain}, or correct Istio's global.proxy.clusterDomain`,
    },
  ];
}

function domainOf(value: unknown): string | undefined {
  return typeof value === "string" && rfc1123Subdomain.test(value) ? value : undefined;
}
