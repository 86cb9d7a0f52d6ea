import { parseManifests } from "../../../../plugins/kubernetes/manifests/parse.ts";
import { resourceNames } from "../../../../plugins/kubernetes/charts/resourceNames.ts";

const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
const role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: app\n  namespace: n\n";

describe("the resource names of a chart", () => {
  test("are sorted by kind and have the manifest's namespace", () => {
    expect(resourceNames(parseManifests([map("b"), role, map("a")].join("---\n"), "x"))).toEqual({
      "ConfigMap/v1": ["a", "b"],
      "Role.rbac.authorization.k8s.io/rbac.authorization.k8s.io/v1": ["n/app"],
    });
  });

  test("are empty without objects", () => {
    expect(resourceNames(parseManifests("\n", "x"))).toEqual({});
  });
});
