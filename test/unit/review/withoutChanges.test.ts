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

/** The first part of the comment of a review without changes. */
function firstPart(more: Partial<ReviewResult>): string[] {
  const lines = renderComment({
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
  }).split("\n");
  return lines
    .slice(
      2,
      lines.findIndex((line) => line.startsWith("### ")),
    )
    .filter(Boolean);
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
