import type { Options } from "../cluster.ts";

/**
 * Fields whose change makes a new object, by kind: what the API server refuses to change, and what the official plugin
 * replaces on top. `[*]` stands for any item of a list; a rule holds for everything below its path.
 */
const rules: Record<string, string[]> = {
  "v1/ConfigMap": ["binaryData", "data"],
  "v1/Secret": ["type", "stringData", "data"],
  "v1/Service": ["spec.clusterIP"],
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/PersistentVolumeClaim": ["accessModes", "selector", "storageClassName", "volumeName"].map(
    (field) => `spec.${field}`,
  ),
  "v1/PersistentVolume": volumeSources(),
  "v1/Pod": podFields(),
  "apps/v1/Deployment": ["spec.selector"],
  "apps/v1/DaemonSet": ["spec.selector"],
  "apps/v1/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
};

/**
 * Whether a change at `path` (e.g. `spec.ports[0].port`) of an object of that kind needs a new object. `immutable`: the
 * object says so of itself, which the options do not overrule.
 */
export function needsReplacement(
  apiVersion: string,
  kind: string,
  path: string,
  options: Pick<Options, "enableSecretMutable" | "enableConfigMapMutable">,
  immutable = false,
): boolean {
  const general = path.replaceAll(/\[\d+\]/g, "[*]");
  if (isIdentity(general)) return true;
  const mutable =
    !immutable &&
    ((kind === "Secret" && options.enableSecretMutable) || (kind === "ConfigMap" && options.enableConfigMapMutable));
  // The API server lets nobody change a Secret's type.
  const own = (rules[`${apiVersion}/${kind}`] ?? []).filter((rule) => !(mutable && rule !== "type"));
  return own.some((rule) => general === rule || general.startsWith(`${rule}.`) || general.startsWith(`${rule}[`));
}

/** Whether a path is part of what tells one object from another. */
export function isIdentity(path: string): boolean {
  return ["metadata.name", "metadata.namespace", "kind"].includes(path);
}

function volumeSources(): string[] {
  const kinds =
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker " +
    "gcePersistentDisk glusterfs hostPath iscsi local nfs photonPersistentDisk " +
    "portworxVolume quobyte rbd scaleIO storageos vsphereVolume";
  return kinds.split(" ").map((kind) => `spec.${kind}`);
}

function podFields(): string[] {
  const spec =
    "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks " +
    "hostAliases hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName " +
    "nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates " +
    "restartPolicy runtimeClassName schedulerName securityContext serviceAccount " +
    "serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds " +
    "volumes";
  const container =
    "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe " +
    "resources securityContext stdin stdinOnce terminationMessagePath " +
    "terminationMessagePolicy tty volumeDevices volumeMounts workingDir";
  const containers = ["containers", "initContainers"].flatMap((list) =>
    container.split(" ").map((field) => `spec.${list}[*].${field}`),
  );
  return [...spec.split(" ").map((field) => `spec.${field}`), ...containers];
}
