import { defaults, type Resource, type Settings } from "./rule.ts";
import { rules } from "./rules.ts";

/** A stack as far as it is known. */
export interface StackToJudge {
  stack: string;
  /** Every resource that there would be; of a stack that could not be previewed what is known without, such as its contract. */
  resources: Omit<Resource, "stack">[];
  /** Why there is no preview of it; undefined where there is one. */
  notPreviewed?: string | undefined;
}

/** What the rules say of stacks, and of which stacks they can say nothing. */
export interface Judgement {
  findings: { stack: string; policy: string; message: string }[];
  /** How many rules ran, and on which stacks all of them. */
  policies: number;
  judged: string[];
  notJudged: { stack: string; why: string }[];
}

/**
 * Runs every rule on previews of stacks. A stack without a preview is named, never passed over: of its resources only
 * the comparison with other stacks knows what is given, and no rule about one stack runs on it.
 */
export function judge(stacks: StackToJudge[], settings: Settings = defaults): Judgement {
  const known = stacks.map(({ stack, resources, notPreviewed }) => ({ stack, notPreviewed, list: resources.map((r): Resource => ({ ...r, stack })) }));
  const previewed = known.filter((s) => s.notPreviewed === undefined);
  return {
    findings: rules.flatMap((rule) => {
      const groups = rule.scope === "federation" ? [{ stack: "all", list: known.flatMap((s) => s.list) }] : previewed;
      return groups.flatMap(({ stack, list }) => rule.check(list, settings).map((v) => ({ stack: v.resource.stack ?? stack, policy: rule.name, message: v.message })));
    }),
    policies: rules.length,
    judged: previewed.map((s) => s.stack).sort(),
    notJudged: known.flatMap((s) => (s.notPreviewed === undefined ? [] : [{ stack: s.stack, why: s.notPreviewed }])),
  };
}
