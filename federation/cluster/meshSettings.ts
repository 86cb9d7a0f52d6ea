import type { MeshConfig } from "../config/readMeshConfig.ts";
import { ejects } from "./outlierDetection.ts";
import { isMapping, listOf, mappingOf, type Values } from "../config/values.ts";

/** What MeshConfig says about objects of others, as far as imports depend on it. */
export interface MeshSettings {
  /** Namespaces that see a Service without an annotation; empty: all. */
  serviceExportTo: string[];
  /** Of the namespaces whose objects istiod reads; empty: all. */
  discoverySelectors: LabelSelector[];
  /** Whether a client without TLS settings uses mTLS where it can. */
  autoMtls: boolean;
  /** Whether clients leave out endpoints that fail, where no DestinationRule says otherwise (Istio 1.31). */
  ejects: boolean;
  /** Whether a DestinationRule without `exportTo` is for its own namespace only. */
  privateRules: boolean;
  /** How far ServiceEntries reach for sidecars (Istio 1.31); undefined where only `exportTo` counts. */
  entryVisibility?: EntryVisibility;
  /** Istio's root namespace; undefined where it is the default. */
  rootNamespace?: string;
}

export interface EntryVisibility {
  /** Where no policy matches. */
  byDefault: Visibility;
  /** The first whose selectors all match the entry's namespace counts. A selector of another kind matches none. */
  policies: { visibility: Visibility; selectors: (LabelSelector | undefined)[] }[];
}

export type Visibility = "NONE" | "NAMESPACE" | "PUBLIC";

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export interface LabelSelector {
  matchLabels: Record<string, string>;
  matchExpressions: { key: string; operator: string; values: string[] }[];
}

/** The MeshConfig that the program gives a managed Istio. An existing one has it in field `mesh` of its ConfigMap. */
export function ownMeshConfig({ istio }: Pick<MeshConfig, "istio">): Values {
  return istio.provider === "managed" ? mappingOf(istio.values?.["meshConfig"]) : {};
}

/**
 * Reads a MeshConfig, which is input: what has another shape counts as absent.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig
 */
export function meshSettingsOf(config: Values): MeshSettings {
  const visibility = mappingOf(config["serviceEntryVisibility"]);
  const root = config["rootNamespace"];
  return {
    serviceExportTo: textsOf(config["defaultServiceExportTo"]),
    discoverySelectors: listOf(config["discoverySelectors"]).map(selectorOf),
    autoMtls: config["enableAutoMtls"] !== false,
    ejects: ejects(mappingOf(config["defaultTrafficPolicy"])["outlierDetection"]),
    privateRules: textsOf(config["defaultDestinationRuleExportTo"]).includes("."),
    ...(visibility["applyToSidecars"] === true ? { entryVisibility: entryVisibilityOf(visibility) } : {}),
    ...(typeof root === "string" && root !== "" ? { rootNamespace: root } : {}),
  };
}

function entryVisibilityOf(value: Values): EntryVisibility {
  return {
    byDefault: visibilityOf(value["defaultVisibility"]),
    policies: listOf(value["policies"])
      .map(mappingOf)
      .map((policy) => ({
        visibility: visibilityOf(policy["visibility"]),
        selectors: listOf(policy["matchingRules"]).map((rule) => {
          const selector = mappingOf(rule)["namespaceSelector"];
          return isMapping(selector) ? selectorOf(selector) : undefined;
        }),
      })),
  };
}

/** How far the entries of a namespace with these labels reach. */
export function visibilityFor({ byDefault, policies }: EntryVisibility, labels: Record<string, string>): Visibility {
  const first = policies.find(({ selectors }) => selectors.every((s) => s !== undefined && isSelected(s, labels)));
  return first?.visibility ?? byDefault;
}

/** Whether a selector selects labels. One without terms selects all; one with an unknown operator, none. */
export function isSelected(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === "In") return value !== undefined && values.includes(value);
      if (operator === "NotIn") return value === undefined || !values.includes(value);
      return operator === "Exists" ? value !== undefined : operator === "DoesNotExist" && value === undefined;
    })
  );
}

function selectorOf(value: unknown): LabelSelector {
  const { matchLabels, matchExpressions } = mappingOf(value);
  return {
    matchLabels: Object.fromEntries(Object.entries(mappingOf(matchLabels)).map(([key, text]) => [key, String(text)])),
    matchExpressions: listOf(matchExpressions)
      .map(mappingOf)
      .map(({ key, operator, values }) => ({ key: String(key), operator: String(operator), values: textsOf(values) })),
  };
}

function visibilityOf(value: unknown): Visibility {
  return value === "NONE" || value === "NAMESPACE" ? value : "PUBLIC";
}

function textsOf(value: unknown): string[] {
  return listOf(value).filter((text) => typeof text === "string");
}
