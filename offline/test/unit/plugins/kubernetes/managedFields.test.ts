import type { ManagedFields } from "../../../../plugins/kubernetes/object/state.ts";
import { migrate } from "../../../../plugins/kubernetes/object/managedFields.ts";

const own = "pulumi-kubernetes-1234abcd";
const entry = (manager: string, operation: "Apply" | "Update", field: string, subresource?: string): ManagedFields => ({
  manager,
  operation,
  apiVersion: "v1",
  fieldsType: "FieldsV1",
  fieldsV1: { [`f:${field}`]: {} },
  ...(subresource ? { subresource } : {}),
});
const shown = (managed: ManagedFields[] | undefined) =>
  managed?.map(
    ({ manager, operation, fieldsV1 }) =>
      `${manager}/${operation}: ${Object.keys(fieldsV1)
        .sort()
        .map((name) => name.slice(2))
        .join(" ")}`,
  );

describe("the fields that a resource takes over", () => {
  test.each<[string, ManagedFields[], string[] | undefined]>([
    ["a creation", [entry("pulumi-kubernetes", "Update", "a")], [`${own}/Apply: a`]],
    ["a creation by its own name", [entry(own, "Update", "a")], [`${own}/Apply: a`]],
    [
      "creations by older versions",
      [entry("pulumi-resource-kubernetes", "Update", "a"), entry("pulumi-kubernetes.exe", "Update", "b")],
      [`${own}/Apply: a b`],
    ],
    [
      "edits by hand",
      [
        entry(own, "Apply", "a"),
        entry("kubectl-edit", "Update", "b"),
        entry("kubectl-client-side-apply", "Update", "c"),
        entry("kubectl", "Apply", "d"),
      ],
      [`${own}/Apply: a b c d`],
    ],
    ["what was there before any owner", [entry("before-first-apply", "Update", "a")], [`${own}/Apply: a`]],
    [
      "controllers, other stacks and statuses are left alone",
      [
        entry(own, "Apply", "a"),
        entry("operator", "Update", "b"),
        entry("pulumi-kubernetes-5678", "Apply", "c"),
        entry("kubectl-edit", "Update", "d", "status"),
      ],
      undefined,
    ],
    [
      "the same beside a creation",
      [
        entry("operator", "Update", "b"),
        entry("pulumi-kubernetes", "Update", "a"),
        entry("pulumi-kubernetes-5678", "Apply", "c"),
      ],
      [`${own}/Apply: a`, "operator/Update: b", "pulumi-kubernetes-5678/Apply: c"],
    ],
  ])("%s", (_, managed, expected) => expect(shown(migrate(managed, own))).toEqual(expected));
});
