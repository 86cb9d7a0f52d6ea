import { defaultNamespaceOf } from "../../../../plugins/kubernetes/object/defaultNamespace.ts";
import { Secret, Unknown, type Values } from "../../../../plugins/shared/values.ts";
import type { Cluster, ResourceKind } from "../../../../plugins/kubernetes/cluster.ts";

const served: Record<string, boolean> = {
  "networking.istio.io/v1 ServiceEntry": true,
  "gateway.networking.k8s.io/v1 GatewayClass": false,
  "example.com/v1 IPAddress": true,
};
const asked: string[] = [];
const cluster: Pick<Cluster, "namespace" | "resourceOf"> = {
  namespace: "ctx",
  resourceOf: async (apiVersion, kind) => {
    const name = `${apiVersion} ${kind}`;
    asked.push(name);
    if (apiVersion === "down.example/v1") throw new Error("unreachable");
    return name in served ? ({ namespaced: served[name] } as ResourceKind) : undefined;
  },
};
const named: Values = { metadata: { name: "a" } };

describe("the default namespace", () => {
  test.each<[string, Values, string | undefined]>([
    ["kubernetes:core/v1:ConfigMap", named, "ctx"],
    ["kubernetes:core/v1:ConfigMap", {}, "ctx"],
    ["kubernetes:core/v1:ConfigMap", { metadata: new Secret({ name: "a" }) }, "ctx"],
    ["kubernetes:core/v1:ConfigMap", { metadata: { name: "a", namespace: "own" } }, undefined],
    ["kubernetes:core/v1:ConfigMap", { metadata: { name: "a", namespace: Unknown.value } }, undefined],
    ["kubernetes:core/v1:ConfigMap", { metadata: Unknown.value }, undefined],
    ["kubernetes:core/v1:Namespace", named, undefined],
    ["kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", named, "ctx"],
    ["kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", named, undefined],
    ["kubernetes:apps/v1:Deployment", named, "ctx"],
  ])("of %s with %j is %s, without a request", async (type, news, expected) => {
    asked.length = 0;
    expect(await defaultNamespaceOf(cluster, type, news)).toBe(expected);
    expect(asked).toEqual([]);
  });

  test.each<[string, string | undefined]>([
    ["kubernetes:networking.istio.io/v1:ServiceEntry", "ctx"],
    ["kubernetes:gateway.networking.k8s.io/v1:GatewayClass", undefined],
    ["kubernetes:example.com/v1:IPAddress", "ctx"],
    ["kubernetes:example.com/v1:NotServedYet", "ctx"],
    ["kubernetes:down.example/v1:Any", "ctx"],
  ])("of a custom kind comes from the cluster: %s gets %s", async (type, expected) => {
    expect(await defaultNamespaceOf(cluster, type, named)).toBe(expected);
  });
});
