import type { Resource } from "./rule.ts";
import { rules } from "./rules.ts";
import { readConfig } from "./settings.ts";

/** The resources of a stack. */
export interface StackResources {
  stack: string;
  /** All resources after the change. Without a preview what else is known, such as the contract. */
  resources: Omit<Resource, "stack">[];
  /** Why the stack has no preview; undefined when it has one. */
  notPreviewed?: string | undefined;
}

/** A violation of a rule in a stack. */
export interface StackViolation {
  stack: string;
  policy: string;
  message: string;
}

/** The result of the rules on stacks. */
export interface Evaluation {
  /** Violations of mandatory rules. */
  violations: StackViolation[];
  /** Violations of advisory rules. */
  advisories: StackViolation[];
  /** How many rules ran. A disabled rule does not run. */
  policies: number;
  /** Stacks on which all of them ran. */
  stacks: string[];
  /** Stacks without a preview. */
  notEvaluated: { stack: string; reason: string }[];
}

/**
 * Runs all rules on previews of stacks. A stack without a preview is one of `notEvaluated`: only rules that compare
 * stacks run on its known resources.
 *
 * @param config configuration of the rules, see {@link readConfig}, which throws at an invalid one
 */
export function evaluate(stacks: StackResources[], config: unknown = {}): Evaluation {
  const configOf = readConfig(config, rules);
  const known = stacks.map(({ stack, resources, notPreviewed }) => ({
    stack,
    notPreviewed,
    list: resources.map((r): Resource => ({ ...r, stack, masked: true })),
  }));
  const previewed = known.filter((s) => s.notPreviewed === undefined);
  const active = rules.map((rule) => ({ rule, ...configOf(rule) })).filter(({ level }) => level !== "disabled");
  const found = active.flatMap(({ rule, level, settings }) => {
    const groups = rule.scope === "federation" ? [{ stack: "all", list: known.flatMap((s) => s.list) }] : previewed;
    return groups.flatMap(({ stack, list }) =>
      rule.check(list, settings).map(({ resource, message }) => ({
        level,
        violation: { stack: resource.stack ?? stack, policy: rule.name, message },
      })),
    );
  });
  return {
    violations: found.filter((f) => f.level === "mandatory").map((f) => f.violation),
    advisories: found.filter((f) => f.level === "advisory").map((f) => f.violation),
    policies: active.length,
    stacks: previewed.map((s) => s.stack).sort(),
    notEvaluated: known.flatMap(({ stack, notPreviewed }) =>
      notPreviewed === undefined ? [] : [{ stack, reason: notPreviewed }],
    ),
  };
}
