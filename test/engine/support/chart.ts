import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const widgets = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.chart.example" },
  spec: {
    group: "chart.example",
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets" },
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
  },
};

/** A chart `app` with a config map (its `seen` comes of a `lookup`), a deployment, a kept object, a hook, and a definition with an object of it. */
export function writeChart(folder: string): void {
  const files: Record<string, string> = {
    "Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.2.3\nappVersion: 4.5.6\n",
    "values.yaml": "image: good:1\ntext: one\nwidget: false\npassword: none\n",
    "crds/widgets.yaml": JSON.stringify(widgets),
    "templates/config.yaml":
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}, annotations: {}}\ndata:\n  text: {{ .Values.text | quote }}\n  password: {{ .Values.password | quote }}\n  seen: {{ (lookup "v1" "Namespace" "" "ch").kind | default "nothing" | quote }}\n',
    "templates/deployment.yaml":
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Release.Name }}}\nspec:\n  selector: {matchLabels: {app: {{ .Release.Name }}}}\n  template:\n    metadata: {labels: {app: {{ .Release.Name }}}}\n    spec: {containers: [{name: c, image: {{ .Values.image | quote }}, resources: {limits: {cpu: 2000m}}}]}\n",
    "templates/keep.yaml":
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-keep, annotations: {"helm.sh/resource-policy": keep}}\n',
    "templates/hook.yaml":
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-hook, annotations: {"helm.sh/hook": post-delete}}\n',
    "templates/check.yaml":
      '{{ if eq .Values.text "bad" }}{{ fail (printf "not with password %s" .Values.password) }}{{ end }}',
    "templates/widget.yaml":
      "{{ if .Values.widget }}\napiVersion: chart.example/v1\nkind: Widget\nmetadata: {name: {{ .Release.Name }}}\n{{ end }}",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
