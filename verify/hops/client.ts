import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** Is there a client to call from, and is it in the mesh? */
export function judgeClient(edge: Edge, { client, answer }: Evidence): Verdict {
  const { good, broken } = verdictsOf("client", edge.mesh);
  const { namespace, serviceAccount, app } = edge.client;
  if (failed(client))
    return broken(
      client.failure,
      `start a pod of service account ${serviceAccount} with label app=${app} in namespace ${namespace}, name another client in import "${edge.name}", or bring one for the time of the test: \`verify -- --probe-pod\`, or \`proof: probe-pod\` for that of an \`up\``,
    );
  if (!client.sidecar)
    return broken(
      `${namespace}/${client.pod} has no sidecar`,
      `label namespace ${namespace} istio-injection=enabled and start the pod anew`,
    );
  if (answer && answer.call === "")
    return broken(
      `${namespace}/${client.pod} cannot call: ${answer.problem}`,
      "name a client with curl in its image, or add --probe-pod to bring one for the time of the test",
    );
  return good(`${namespace}/${client.pod}`);
}
