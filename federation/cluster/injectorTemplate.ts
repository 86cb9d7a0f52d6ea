import { isMapping } from "../config/values.ts";

const volume = "injector-template";

/**
 * Values of chart `istiod` with which its pod waits for the ConfigMap of the injector's template. istiod looks for it
 * once, when it starts: without it, it injects no pod until it starts again. Helm creates ConfigMaps first; Pulumi's
 * chart creates objects in any order.
 * https://github.com/istio/istio/blob/1.31.0/pilot/pkg/bootstrap/sidecarinjector.go (initSidecarInjector)
 *
 * @param revision of the control plane; empty: the one without a revision
 */
export function afterInjectorTemplate(values: Record<string, unknown>, revision: string): Record<string, unknown> {
  const { global, volumes, volumeMounts } = values;
  if (isMapping(global) && global["omitSidecarInjectorConfigMap"] === true) return values;
  const name = revision === "" ? "istio-sidecar-injector" : `istio-sidecar-injector-${revision}`;
  // Not where istiod would read the template from a file: it would watch the file in place of the object.
  const mount = { name: volume, mountPath: "/etc/istio/injector-template", readOnly: true };
  return {
    ...values,
    volumes: [...listOf(volumes), { name: volume, configMap: { name } }],
    volumeMounts: [...listOf(volumeMounts), mount],
  };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
