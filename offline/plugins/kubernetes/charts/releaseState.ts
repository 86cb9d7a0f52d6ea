import { isObject, Secret, Unknown, type Values } from "../../shared/values.ts";

/** One line of `helm list`. */
export interface ListedRelease {
  name: string;
  namespace: string;
  revision: string;
  status: string;
  chart: string;
  app_version: string;
}

/**
 * The state of a release, as the official plugin writes it: inputs, outputs, and the inputs again as secret
 * `__inputs`.
 */
export function stateOf(inputs: Values, live: Values): Values {
  return { ...inputs, ...live, __inputs: new Secret(inputs) };
}

/** The state that a preview shows. */
export function previewState(inputs: Values): Values {
  return stateOf(inputs, { resourceNames: Unknown.value, status: Unknown.value });
}

/** The inputs that a state holds in `__inputs`. `undefined` for a state without them. */
export function inputsOf(state: Values): Values | undefined {
  const kept = state["__inputs"] instanceof Secret ? state["__inputs"].value : state["__inputs"];
  return isObject(kept) ? (kept as Values) : undefined;
}

/** The output `status` of a release. */
export function statusOf({ app_version, chart, name, namespace, revision, status }: ListedRelease): Values {
  const version = /-(v?\d+\.\d+\.\d+.*)$/.exec(chart)?.[1] ?? "";
  return {
    appVersion: app_version,
    chart: version ? chart.slice(0, -version.length - 1) : chart,
    name,
    namespace,
    revision: Number(revision),
    status,
    version,
  };
}
