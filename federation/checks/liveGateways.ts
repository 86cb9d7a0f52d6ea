import type { MeshSettings } from "../cluster/meshSettings.ts";
import { autoPassthroughPort, type GatewaySelector } from "../cluster/gatewayObjects.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import type { FederationPlan } from "../planFederation.ts";
import {
  labelsText,
  matches,
  takesHost,
  withoutNamespace,
  type GatewayObject,
  type LiveGateway,
} from "./liveCluster.ts";

/** The gateway of a plan's exports. */
export interface GatewayInUse extends GatewaySelector {
  /** Whether it existed before, with pods and labels that this project does not manage. */
  existing: boolean;
}

/** Where in the cluster a mesh has what the checks need. */
export interface LivePlaces {
  /** Istio's root namespace. */
  rootNamespace: string;
  gatewayNamespace: string;
  /** Default: none, as in a mesh without exports. */
  gateway?: GatewayInUse | undefined;
  /** What MeshConfig says; undefined where it is not known. */
  settings?: MeshSettings | undefined;
}

type Plan = Pick<FederationPlan, "imports" | "exports" | "identity">;

/** What in the cluster keeps a gateway from serving the exports of a plan. */
export function gatewayProblems(plan: Plan, live: LiveGateway, gateway: GatewayInUse): readonly Finding[] {
  return [...overlaps(plan, live, gateway), ...(gateway.existing ? viewProblems(plan, live) : [])];
}

/** What may be intended: labels of an existing gateway that no pod has. */
export function gatewayWarnings(plan: Plan, live: LiveGateway, gateway: GatewayInUse): readonly Finding[] {
  if (!gateway.existing || live.pods.length > 0 || plan.exports.length === 0) return [];
  return [
    {
      code: "live-gateway-missing",
      subject: "gateway.labels",
      problem: `no pod of namespace ${gateway.namespace} has the labels ${labelsText(gateway.labels)}`,
      remedy: "Name the labels of the gateway's pods, or start the gateway",
    },
  ];
}

/**
 * Other Gateway objects for the same pods and port whose hosts take that of an export. Envoy rejects a listener with
 * two filter chains for one name: running pods keep the one that they have, and a pod that starts never gets ready.
 */
function overlaps(plan: Plan, live: LiveGateway, gateway: GatewayInUse): readonly Finding[] {
  const findings = new Findings();
  const pods = live.pods.length > 0 ? live.pods.map(({ labels }) => labels) : [gateway.labels];
  for (const other of live.objects.filter(({ selector }) => pods.some((labels) => matches(selector, labels))))
    for (const { spec } of plan.exports) {
      const host = hostThatTakes(other, spec.host);
      if (host === undefined) continue;
      findings.add("live-gateway-overlap", {
        subject: `export "${spec.name}"`,
        problem:
          `the Gateway ${other.namespace}/${other.name} selects the same gateway pods and has host "${host}" on port ` +
          `${autoPassthroughPort}, which takes ${spec.host}; Envoy rejects a listener with both, and a gateway pod ` +
          "that restarts never gets ready",
        remedy:
          "Narrow the hosts of that Gateway, or use a gateway of the federation's own (gateway.provider: managed)",
      });
    }
  return findings.all;
}

/** The host of a Gateway's server on the gateway's port that takes a host. */
function hostThatTakes({ servers }: GatewayObject, host: string): string | undefined {
  const hosts = servers.filter(({ port }) => port === autoPassthroughPort).flatMap((server) => server.hosts);
  return hosts.find((found) => takesHost(withoutNamespace(found), host));
}

/**
 * Blended imports behind an existing gateway that sees endpoints of other networks: it would hand calls of peers on to
 * the peer that they may come from.
 * https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/
 */
function viewProblems({ imports, identity }: Plan, { pods }: LiveGateway): readonly Finding[] {
  const findings = new Findings();
  if (pods.every(({ networkView }) => networkView === identity.network)) return findings.all;
  for (const spec of imports.filter(({ blend }) => blend))
    findings.add("live-gateway-network-view", {
      subject: `import "${spec.name}"`,
      problem:
        "it is blended, and pods of the existing gateway see endpoints of other networks, so calls of peers could be " +
        "sent back to a peer",
      remedy:
        `Set ISTIO_META_REQUESTED_NETWORK_VIEW=${identity.network} in the gateway's pods, use a gateway of the ` +
        "federation's own (gateway.provider: managed), or import it without blend",
    });
  return findings.all;
}
