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

const files: Record<string, string> = {
  "Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.2.3\nappVersion: 4.5.6\n",
  "values.yaml": "image: good:1\ntext: one\nwidget: false\npassword: none\n",
  "crds/widgets.yaml": JSON.stringify(widgets),
  "templates/config.yaml": `
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}, annotations: {}}
data:
  text: {{ .Values.text | quote }}
  password: {{ .Values.password | quote }}
  seen: {{ (lookup "v1" "Namespace" "" "ch").kind | default "nothing" | quote }}
`,
  "templates/deployment.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: c, image: {{ .Values.image | quote }}, resources: {limits: {cpu: 2000m}}}]}
`,
  "templates/keep.yaml": `
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-keep, annotations: {"helm.sh/resource-policy": keep}}
`,
  "templates/hook.yaml": `
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-hook, annotations: {"helm.sh/hook": post-delete}}
`,
  "templates/check.yaml":
    '{{ if eq .Values.text "bad" }}{{ fail (printf "not with password %s" .Values.password) }}{{ end }}',
  "templates/widget.yaml": `
{{ if .Values.widget }}
apiVersion: chart.example/v1
kind: Widget
metadata: {name: {{ .Release.Name }}}
{{ end }}`,
};

/**
 * Writes a chart `app` with a ConfigMap (its `seen` comes from a `lookup`), a Deployment, a kept object, a hook, a CRD
 * and an object of it.
 */
export function writeChart(folder: string): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text.trimStart());
  }
}
