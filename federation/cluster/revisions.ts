import { istioNamespace } from "../config/defaults.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import { mergeValues } from "../config/sources.ts";
import { Findings, type Finding } from "../errors/userError.ts";

/** Revision of the control plane of a mesh; empty: the one without. */
export function revisionOf(istio: MeshConfig["istio"]): string {
  return istio.revision ?? "";
}

/** Name of an object of a control plane, which a revision has at its end. `default` is the one without. */
export function revisioned(name: string, revision: string | undefined): string {
  return revision === undefined || revision === "" || revision === "default" ? name : `${name}-${revision}`;
}

/**
 * The configuration as it is for the canary: its revision, version, images and values, and everything else of the
 * mesh. Its values are merged over those of the mesh.
 */
export function configOfCanary(config: MeshConfig): MeshConfig | undefined {
  const { istio } = config;
  if (istio.provider !== "managed" || !istio.canary) return undefined;
  const { canary, ...active } = istio;
  const { version = active.version, hub = active.hub, tag } = canary;
  return {
    ...config,
    istioVersion: canary.version ?? config.istioVersion,
    istio: {
      ...active,
      revision: canary.revision,
      version,
      hub,
      // A version of its own has images of its own.
      tag: tag ?? (canary.version ? undefined : active.tag),
      values: mergeValues(active.values, canary.values),
    },
  };
}

/** What is wrong with the revisions of a managed Istio. */
export function revisionFindings({ istio }: Pick<MeshConfig, "istio">): readonly Finding[] {
  const findings = new Findings();
  if (istio.provider !== "managed") return findings.all;
  const { revision, canary } = istio;
  // Istio's labels say "default" for the control plane without a revision, and for the tag.
  for (const [subject, name] of [
    ["istio.revision", revision],
    ["istio.canary.revision", canary?.revision],
  ] as const)
    if (name === "default")
      findings.add("config-value-invalid", {
        subject,
        problem: 'must not be "default", which Istio calls the control plane without a revision',
        remedy: "Choose another name, such as 1-30-5",
      });
  if (canary && revision === undefined)
    findings.add("config-value-missing", {
      subject: "istio.revision",
      problem: "is missing; a canary stands beside a control plane that has a revision",
      remedy: "Remove istio.canary: a control plane without a revision is upgraded in place",
    });
  else if (canary && canary.revision === revision)
    findings.add("config-value-invalid", {
      subject: "istio.canary.revision",
      problem: `must be another than istio.revision ("${canary.revision}")`,
      remedy: "Choose another name, such as 1-30-6",
    });
  return findings.all;
}

/**
 * The revision tag `default` of Istio: the webhook by which pods of namespaces with `istio-injection=enabled` (or
 * `istio.io/rev=default`) are injected by a control plane that has a revision. It is an object of its own, because the
 * chart of each revision would delete what the other one has taken over.
 *
 * istiod of the revision in label `istio.io/rev` fills in `caBundle`.
 * https://github.com/istio/istio/blob/release-1.30/manifests/charts/istio-control/istio-discovery/templates/revision-tags-mwc.yaml
 */
export function defaultTagWebhook(revision: string) {
  const webhook = (prefix: string, namespaces: Requirement[], pods: Requirement[]) => ({
    name: `${prefix}.sidecar-injector.istio.io`,
    clientConfig: {
      service: { name: revisioned("istiod", revision), namespace: istioNamespace, path: "/inject", port: 443 },
    },
    sideEffects: "None",
    rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], scope: "*" }],
    failurePolicy: "Fail",
    reinvocationPolicy: "Never",
    matchPolicy: "Equivalent",
    timeoutSeconds: 10,
    admissionReviewVersions: ["v1"],
    namespaceSelector: { matchExpressions: namespaces },
    objectSelector: { matchExpressions: pods },
  });
  const [rev, legacy, inject] = ["istio.io/rev", "istio-injection", "sidecar.istio.io/inject"] as const;
  return {
    metadata: {
      name: "istio-revision-tag-default",
      labels: {
        app: "sidecar-injector",
        "istio.io/tag": "default",
        "istio.io/rev": revision,
        "operator.istio.io/component": "Pilot",
      },
    },
    webhooks: [
      webhook("rev.namespace", [is(rev, "default"), isNot(legacy)], [isNot(inject, "false")]),
      webhook("rev.object", [isNot(rev), isNot(legacy)], [isNot(inject, "false"), is(rev, "default")]),
      webhook("namespace", [is(legacy, "enabled")], [isNot(inject, "false")]),
      webhook("object", [isNot(legacy), isNot(rev)], [is(inject, "true"), isNot(rev)]),
    ],
  };
}

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

function is(key: string, value: string): Requirement {
  return { key, operator: "In", values: [value] };
}

/** The label is absent, or has another value. */
function isNot(key: string, value?: string): Requirement {
  return value === undefined ? { key, operator: "DoesNotExist" } : { key, operator: "NotIn", values: [value] };
}
