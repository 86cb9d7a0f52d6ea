/** Settings of the rules for an organisation. */
export interface Settings {
  /** Istio's root namespaces (`meshConfig.rootNamespace`): a policy there without a selector is mesh-wide. */
  rootNamespaces: string[];
  /** Whether each mesh must have a trust domain of its own, also under a common root. */
  separateTrustDomains: boolean;
  /**
   * Whether pod and Service networks of different stacks must be apart. Meshes work without: nothing routes between
   * them.
   */
  separatePodNetworks: boolean;
  /** Whether the CA of a mesh may be able to issue identities of every trust domain. */
  allowUnboundCa: boolean;
  /** SHA-256 of roots that a mesh trusts although they can issue identities of every trust domain. */
  unboundRoots: string[];
}

export const defaults: Settings = {
  rootNamespaces: ["istio-system"],
  separateTrustDomains: false,
  separatePodNetworks: false,
  allowUnboundCa: false,
  unboundRoots: [],
};

/** The settings as JSON schema, by which the engine checks a pack's configuration. */
export const schemas = {
  rootNamespaces: {
    type: "array",
    items: { type: "string", minLength: 1 },
    minItems: 1,
    default: defaults.rootNamespaces,
    description: "Istio's root namespaces; a policy there without a selector is mesh-wide.",
  },
  separateTrustDomains: {
    type: "boolean",
    default: defaults.separateTrustDomains,
    description: "Whether each mesh must have a trust domain of its own, also under a common root.",
  },
  separatePodNetworks: {
    type: "boolean",
    default: defaults.separatePodNetworks,
    description: "Whether pod and Service networks of different stacks must be apart.",
  },
  allowUnboundCa: {
    type: "boolean",
    default: defaults.allowUnboundCa,
    description: "Whether the CA of a mesh may be able to issue identities of every trust domain.",
  },
  unboundRoots: {
    type: "array",
    items: { type: "string", minLength: 1 },
    default: defaults.unboundRoots,
    description: "SHA-256 of roots that a mesh trusts although they can issue identities of every trust domain.",
  },
} as const;

export const levels = ["mandatory", "advisory", "disabled"] as const;
export type Level = (typeof levels)[number];

/** How a rule is run. */
export interface RuleConfig {
  level: Level;
  settings: Settings;
}

/** A rule, as far as its configuration goes. */
interface Configurable {
  name: string;
  settings?: readonly (keyof Settings)[];
}

/**
 * Reads the configuration of policies in the engine's own form (`--policy-pack-config`): by rule, or `all`, a level, or
 * an object with `enforcementLevel` and the rule's settings. https://www.pulumi.com/docs/iac/crossguard/configuration/
 *
 * Throws an error that names every key that is not known and every value that does not fit.
 */
export function readConfig(value: unknown, rules: readonly Configurable[]): (rule: Configurable) => RuleConfig {
  const problems: string[] = [];
  const given = isObject(value) ? value : {};
  if (!isObject(value)) problems.push(`must be an object with rules as keys (given: ${JSON.stringify(value)})`);
  for (const key of Object.keys(given))
    if (key !== "all" && !rules.some((r) => r.name === key))
      problems.push(`${key}: there is no such rule; there are ${rules.map((r) => r.name).join(", ")}, and all`);
  const all = read("all", given["all"], [], problems);
  const byRule = new Map(
    rules.map((rule) => [rule.name, read(rule.name, given[rule.name], rule.settings ?? [], problems)]),
  );
  if (problems.length > 0)
    throw new Error(`the configuration of the policies is not valid:\n${problems.map((p) => `- ${p}`).join("\n")}`);
  return ({ name }) => {
    const own = byRule.get(name);
    return { level: own?.level ?? all.level ?? "mandatory", settings: { ...defaults, ...own?.settings } };
  };
}

function read(
  name: string,
  value: unknown,
  known: readonly (keyof Settings)[],
  problems: string[],
): { level?: Level; settings: Partial<Settings> } {
  if (value === undefined) return { settings: {} };
  const { enforcementLevel: level, ...settings } = isObject(value) ? value : { enforcementLevel: value };
  if (level !== undefined && !levels.includes(level as Level))
    problems.push(`${name}: the level must be one of ${levels.join(", ")} (given: ${JSON.stringify(level)})`);
  for (const [key, v] of Object.entries(settings)) {
    if (!known.includes(key as keyof Settings))
      problems.push(
        `${name}.${key}: there is no such setting; ` +
          `${known.length > 0 ? `there are ${known.join(", ")}, and ` : "there is "}enforcementLevel`,
      );
    else if (schemas[key as keyof Settings].type === "boolean" ? typeof v !== "boolean" : !isNames(key, v))
      problems.push(
        `${name}.${key}: must be ` +
          `${schemas[key as keyof Settings].type === "boolean" ? "true or false" : "a list of names"} (given: ` +
          `${JSON.stringify(v)})`,
      );
  }
  return { ...(level !== undefined ? { level: level as Level } : {}), settings: settings as Partial<Settings> };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNames(key: string, value: unknown): boolean {
  const least = "minItems" in schemas[key as keyof Settings] ? 1 : 0;
  return Array.isArray(value) && value.length >= least && value.every((v) => typeof v === "string" && v !== "");
}
