import { release } from "../../../../plugins/kubernetes/charts/release.ts";
import type { Cluster } from "../../../../plugins/kubernetes/cluster.ts";
import { withHelm } from "./stubHelm.ts";

/** Deletes a release while Helm ends with this error. */
function deletion(error: string, deleteUnreachable: boolean): Promise<void> {
  const cluster = {
    namespace: "n",
    server: "https://gone:6443",
    kubeconfigText: "",
    options: { helmEnvironment: {}, deleteUnreachable },
  } as unknown as Cluster;
  const request = {
    urn: "urn",
    type: "t",
    name: "app",
    id: "n/app",
    timeout: 0,
    cluster,
    engine: { log: () => undefined },
    signal: new AbortController().signal,
  };
  return withHelm(`echo "Error: ${error}" >&2; exit 1`, () =>
    release.delete({ ...request, properties: { name: "app", namespace: "n" }, oldInputs: {} }),
  );
}

describe("a deleted release", () => {
  test("stays while its cluster is unreachable, unless the provider allows otherwise", async () => {
    const gone = "Kubernetes cluster unreachable: dial tcp: no such host";
    await expect(deletion(gone, false)).rejects.toThrow(
      /the cluster at https:\/\/gone:6443 cannot be reached: .*; if it is gone for good, set PULUMI_K8S_DELETE_UNREACHABLE=true/,
    );
    await expect(deletion(gone, true)).resolves.toBeUndefined();
  });

  test("is an error where the cluster forbids it", async () => {
    const refusal = deletion("secrets is forbidden: User u cannot list resource secrets", true);
    await expect(refusal).rejects.toThrow(/^secrets is forbidden: [^;]*$/);
  });
});
