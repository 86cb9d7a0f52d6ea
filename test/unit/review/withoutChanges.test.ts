import { renderComment } from "../../../review/report/comment.ts";
import type { ReviewResult, StackPreview } from "../../../review/result.ts";

const previewed = (stack: string, names: string[] = []): StackPreview => ({
  stack,
  state: "previewed",
  counts: "",
  notes: [],
  touched: names.map((name) => ({ op: "update", type: "t", name, urn: name, details: [] })),
});
const skipped = (stack: string): StackPreview => ({
  stack,
  state: "skipped",
  code: "review-cluster-unreachable",
  reason: "its cluster is unreachable",
});

/** What the comment of a review says instead of changes. */
function firstPart(more: Partial<ReviewResult>): string[] {
  const text = renderComment({
    trust: [],
    changes: [],
    invalidStacks: [],
    failed: [],
    warnings: [],
    violations: [],
    advisories: [],
    policyCoverage: { policies: 0, stacks: [], notEvaluated: [] },
    previews: [],
    order: { steps: [], unfinished: [], blocked: [] },
    ...more,
  });
  // After the part of trust, if there is one.
  const rest = text.slice(more.trust ? text.indexOf("\n```\n") + 4 : text.indexOf("\n\n"));
  return rest.slice(0, rest.indexOf("\n### ")).split("\n").filter(Boolean);
}

describe("a comment without changes", () => {
  test.each<{ what: string; more: Partial<ReviewResult>; lines: string[] }>([
    {
      what: "all previewed, nothing touched",
      more: { previews: [previewed("east"), previewed("west")] },
      lines: ["Nothing changes between or within the meshes."],
    },
    {
      what: "a preview skipped or failed",
      more: { previews: [previewed("east"), skipped("west")] },
      lines: [
        "The configuration changes nothing between or within the meshes. " +
          "Changes in the clusters of west are unknown: not previewed, see below.",
      ],
    },
    {
      what: "resources that change without a change of the configuration",
      more: { previews: [previewed("east", ["a"]), previewed("west")] },
      lines: [
        "The configuration changes nothing between or within the meshes. Resources change in east; see the previews.",
      ],
    },
    {
      what: "a change of trust, and no other",
      more: { trust: [{ sign: "+", text: "a" }], previews: [previewed("east")] },
      lines: ["Nothing else changes between or within the meshes."],
    },
    {
      what: "an invalid stack",
      more: { invalidStacks: ["east"], previews: [skipped("east"), previewed("west")] },
      lines: [
        "The valid configuration has no change. " +
          "Changes in the clusters of east are unknown: not previewed, see below.",
        "Not compared, because the configuration is not valid: east.",
      ],
    },
  ])("$what", ({ more, lines }) => {
    expect(firstPart(more)).toEqual(lines);
  });
});
