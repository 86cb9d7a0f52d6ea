import { parse } from "yaml";
import { withClusterOfContext } from "../../../../plugins/kubernetes/charts/clusterOfContext.ts";

const kubeconfig = {
  "current-context": "a",
  clusters: [
    { name: "one", cluster: { server: "https://one:6443" } },
    { name: "two", cluster: { server: "https://two:6443", "tls-server-name": "two" } },
  ],
  users: [{ name: "u", user: { token: "t" } }],
  contexts: [
    { name: "b", context: { cluster: "one", user: "u" } },
    { name: "a", context: { cluster: "one", user: "u", namespace: "n" } },
  ],
};

describe("Helm's kubeconfig", () => {
  test("uses the provider's cluster and is otherwise unchanged", () => {
    const [b, a] = kubeconfig.contexts;
    const expected = { ...kubeconfig, contexts: [b, { ...a, context: { ...a!.context, cluster: "two" } }] };
    expect(parse(withClusterOfContext(JSON.stringify(kubeconfig), "a", "two"))).toEqual(expected);
  });
});
