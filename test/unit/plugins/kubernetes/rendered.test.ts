import { createHash } from "node:crypto";
import { rendered } from "../../../../plugins/kubernetes/charts/rendered.ts";

const sum = (text: string) => createHash("sha256").update(text).digest("hex");
const map = "---\n# Source: app/templates/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n";
const role = "---\n# Source: app/templates/role.yaml\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: app\n  namespace: n\n";
const hook = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  annotations:\n    "helm.sh/hook": post-delete`;
const source = (text: string) => `---\n# Source: app/templates/hook.yaml\n${text}\n`;

test("the checksum is that of the manifest and the hooks, joined as the official plugin joins them", () => {
  expect(rendered(map + role, "x").checksum).toBe(sum(map + role));
  expect(rendered(map + source(hook("a")) + source(hook("b")), "x").checksum).toBe(sum(`${map}\n---\n${hook("a")}\n---\n${hook("b")}`));
});

test("names by kind, sorted, with the namespace that the manifest names", () => {
  expect(rendered(map + role + source(hook("a")), "x").resourceNames).toEqual({ "ConfigMap/v1": ["a", "app"], "Role.rbac.authorization.k8s.io/rbac.authorization.k8s.io/v1": ["n/app"] });
});

test("a chart that makes nothing", () => {
  expect(rendered("\n", "x")).toEqual({ checksum: sum("\n"), resourceNames: {} });
});
