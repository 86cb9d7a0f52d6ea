import { clientPods } from "../clientSelection.ts";
import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { resultsOf, type HopCheck } from "./result.ts";

/** Checks that there is a pod to call from, and that it is in the mesh. */
export function checkClient(edge: Edge, { client, answer }: Evidence): HopCheck {
  const result = resultsOf(edge.mesh);
  const { namespace } = edge.client;
  if (failed(client)) {
    const start = `Start a pod of ${clientPods(edge.client)}`;
    return result.failed(
      client.failure,
      `${start}, name another client in import "${edge.name}", or use a probe pod: \`npm run verify -- ` +
        "--probe-pod`, or `verifyOnUp: probe-pod` for an `up`",
    );
  }
  if (!client.sidecar)
    return result.failed(
      `${namespace}/${client.pod} has no sidecar`,
      `Label namespace ${namespace} istio-injection=enabled and recreate the pod`,
    );
  if (answer && answer.call === "")
    return result.failed(
      `${namespace}/${client.pod} cannot call: ${answer.problem}`,
      "Name a client with curl in its image, or add --probe-pod",
    );
  return result.passed(`${namespace}/${client.pod}`);
}
