import { renderComment } from "../../../review/report/comment.ts";
import type { ReviewResult, StackPreview } from "../../../review/result.ts";

const previewed = (stack: string, names: string[] = []): StackPreview => ({
  stack,
  state: "previewed",
  counts: "",
  notes: [],
  touched: names.map((name) => ({ op: "update", type: "t", name, urn: name, details: [] })),
});
const skipped = (stack: string): StackPreview => ({ stack, state: "skipped", reason: "its cluster cannot be reached" });

/** What a review without changes says of that. */
function told(more: Partial<ReviewResult>): string[] {
  const lines = renderComment({
    changes: [],
    notCompared: [],
    failed: [],
    warnings: [],
    policies: [],
    policiesRan: { policies: 0, stacks: [], notJudged: [] },
    previews: [],
    order: { steps: [], stuck: [], blocked: [] },
    ...more,
  }).split("\n");
  return lines
    .slice(
      2,
      lines.findIndex((line) => line.startsWith("### ")),
    )
    .filter(Boolean);
}

test.each<{ what: string; more: Partial<ReviewResult>; says: string[] }>([
  {
    what: "all previewed, nothing touched",
    more: { previews: [previewed("east"), previewed("west")] },
    says: ["Nothing changes between or within the meshes."],
  },
  {
    what: "a preview skipped or failed",
    more: { previews: [previewed("east"), skipped("west")] },
    says: [
      "The configuration changes nothing between or within the meshes. What changes in the clusters of west is not known: not previewed, see below.",
    ],
  },
  {
    what: "resources touched all the same",
    more: { previews: [previewed("east", ["a"]), previewed("west")] },
    says: [
      "The configuration changes nothing between or within the meshes. All the same, resources change in east; see the previews.",
    ],
  },
  {
    what: "a stack that cannot be read",
    more: { notCompared: ["east"], previews: [skipped("east"), previewed("west")] },
    says: [
      "No change was found in the configuration that can be read. What changes in the clusters of east is not known: not previewed, see below.",
      "Not compared, because the configuration cannot be read: east.",
    ],
  },
])("without a change it says what is known and what is not: $what", ({ more, says }) => {
  expect(told(more)).toEqual(says);
});
