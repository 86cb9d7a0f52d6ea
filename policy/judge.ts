import type { Resource } from "./rule.ts";
import { rules } from "./rules.ts";
import { readConfig } from "./settings.ts";

/** A stack as far as it is known. */
export interface StackToJudge {
  stack: string;
  /** Every resource that there would be; of a stack that could not be previewed what is known without, such as its contract. */
  resources: Omit<Resource, "stack">[];
  /** Why there is no preview of it; undefined where there is one. */
  notPreviewed?: string | undefined;
}

/** What a rule found, and in which stack. */
interface StackFinding {
  stack: string;
  policy: string;
  message: string;
}

/** What the rules say of stacks, and of which stacks they can say nothing. */
export interface Judgement {
  findings: StackFinding[];
  /** What rules found that are only advisory. */
  advice: StackFinding[];
  /** How many rules ran (one that is disabled does not), and on which stacks all of them. */
  policies: number;
  judged: string[];
  notJudged: { stack: string; why: string }[];
}

/**
 * Runs every rule on previews of stacks. A stack without a preview is named, never passed over: of its resources only
 * the comparison with other stacks knows what is given, and no rule about one stack runs on it.
 *
 * @param config configuration of the rules, see `readConfig`, which throws at a wrong one
 */
export function judge(stacks: StackToJudge[], config: unknown = {}): Judgement {
  const configOf = readConfig(config, rules);
  const known = stacks.map(({ stack, resources, notPreviewed }) => ({
    stack,
    notPreviewed,
    list: resources.map((r): Resource => ({ ...r, stack })),
  }));
  const previewed = known.filter((s) => s.notPreviewed === undefined);
  const active = rules.map((rule) => ({ rule, ...configOf(rule) })).filter(({ level }) => level !== "disabled");
  const found = active.flatMap(({ rule, level, settings }) => {
    const groups = rule.scope === "federation" ? [{ stack: "all", list: known.flatMap((s) => s.list) }] : previewed;
    return groups.flatMap(({ stack, list }) =>
      rule
        .check(list, settings)
        .map((v) => ({ level, finding: { stack: v.resource.stack ?? stack, policy: rule.name, message: v.message } })),
    );
  });
  return {
    findings: found.filter((f) => f.level === "mandatory").map((f) => f.finding),
    advice: found.filter((f) => f.level === "advisory").map((f) => f.finding),
    policies: active.length,
    judged: previewed.map((s) => s.stack).sort(),
    notJudged: known.flatMap((s) => (s.notPreviewed === undefined ? [] : [{ stack: s.stack, why: s.notPreviewed }])),
  };
}
