import type { ChartInputs } from "./chartArguments.ts";

/** A Release's inputs, as Check completes them. */
export interface ReleaseInputs extends ChartInputs {
  name: string;
  namespace: string;
  timeout?: number;
  atomic?: boolean;
  cleanupOnFail?: boolean;
  createNamespace?: boolean;
  description?: string;
  disableCRDHooks?: boolean;
  disableOpenapiValidation?: boolean;
  disableWebhooks?: boolean;
  forceUpdate?: boolean;
  maxHistory?: number;
  postrender?: string;
  recreatePods?: boolean;
  renderSubchartNotes?: boolean;
  replace?: boolean;
  resetValues?: boolean;
  reuseValues?: boolean;
  skipAwait?: boolean;
  skipCrds?: boolean;
  takeOwnership?: boolean;
  waitForJobs?: boolean;
}

/** The options of `helm install` or `helm upgrade` that say what a Release's inputs say. */
export function releaseOptions(inputs: ReleaseInputs, verb: "install" | "upgrade"): string[] {
  const upgrade = verb === "upgrade";
  const flags: Record<string, boolean | undefined> = {
    wait: !inputs.skipAwait,
    "wait-for-jobs": inputs.waitForJobs && !inputs.skipAwait,
    atomic: inputs.atomic,
    "create-namespace": inputs.createNamespace,
    "disable-openapi-validation": inputs.disableOpenapiValidation,
    // Helm 3 knows no hooks of definitions alone; for the official plugin `disableCRDHooks`
    // means all hooks of an upgrade.
    "no-hooks": inputs.disableWebhooks || (upgrade && inputs.disableCRDHooks),
    "render-subchart-notes": inputs.renderSubchartNotes,
    "skip-crds": inputs.skipCrds,
    "take-ownership": inputs.takeOwnership,
    replace: !upgrade && inputs.replace,
    "cleanup-on-fail": upgrade && inputs.cleanupOnFail,
    force: upgrade && inputs.forceUpdate,
    "recreate-pods": upgrade && inputs.recreatePods,
    "reset-values": upgrade && (inputs.resetValues || !inputs.reuseValues),
    "reuse-values": upgrade && inputs.reuseValues,
  };
  const values: Record<string, string | number | undefined> = {
    timeout: `${inputs.timeout || 300}s`,
    description: inputs.description || undefined,
    "post-renderer": inputs.postrender || undefined,
    // Without the option, Helm keeps ten revisions; the official plugin keeps all.
    "history-max": upgrade ? (inputs.maxHistory ?? 0) : undefined,
  };
  return [
    ...Object.entries(flags).flatMap(([flag, on]) => (on ? [`--${flag}`] : [])),
    ...Object.entries(values).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, String(value)])),
  ];
}
