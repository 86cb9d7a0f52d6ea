import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const files: Record<string, string> = {
  "base/Chart.yaml": "apiVersion: v2\nname: base\nversion: 1.30.1\n",
  "base/templates/base.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: base}\n",
  "istiod/Chart.yaml": "apiVersion: v2\nname: istiod\nversion: 1.30.1\n",
  "istiod/templates/istio.yaml": `
{{- if .Values.broken }}{{ fail "this chart is broken" }}{{ end }}
apiVersion: v1
kind: ConfigMap
metadata: {name: istio}
data:
  mesh: {{ toJson .Values.meshConfig | quote }}
  env: {{ toJson .Values.env | quote }}
`,
};

/** Writes stand-ins of Istio's charts to a folder: what istiod would be configured with is in ConfigMap `istio`. */
export function writeIstioCharts(folder: string): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text.trimStart());
  }
}

/** Keys of a mesh with a managed Istio in a cluster that exists. */
export function managedMesh(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    mesh: { name, trustDomain: `${name}.local` },
    cluster: { provider: "existing", kubeconfigPath: `./${name}.kubeconfig` },
    istio: istio(),
    gateway: { provider: "existing", addresses: [name === "east" ? "192.0.2.1" : "192.0.2.2"] },
    ...more,
  };
}

/** Key `istio` with the charts of {@link writeIstioCharts}. */
export function istio(values: Record<string, unknown> = {}): Record<string, unknown> {
  return { provider: "managed", version: "1.30.1", charts: { base: "charts/base", istiod: "charts/istiod" }, values };
}
