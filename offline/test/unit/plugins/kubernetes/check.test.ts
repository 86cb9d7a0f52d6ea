import { checkObject, type CheckRequest } from "../../../../plugins/kubernetes/object/check.ts";
import { Secret, Unknown, type Values } from "../../../../plugins/shared/values.ts";

const check = (news: Values, more: Partial<CheckRequest> = {}) =>
  checkObject({
    type: "kubernetes:core/v1:ConfigMap",
    name: "map",
    olds: {},
    news,
    randomSeed: Uint8Array.from([1, 2, 3, 4]),
    ...more,
  });
const metadata = (answer: ReturnType<typeof check>) => answer.inputs["metadata"];

describe("the name of an object", () => {
  test.each<{ name: string; news: Values; more: Partial<CheckRequest>; expected: string }>([
    { name: "generated", news: {}, more: {}, expected: "map-01020304" },
    { name: "given", news: { metadata: { name: "mine" } }, more: {}, expected: "mine" },
    {
      name: "kept",
      news: {},
      more: { olds: { metadata: { name: "map-old", annotations: { "pulumi.com/autonamed": "true" } } } },
      expected: "map-old",
    },
    {
      name: "not kept from one that was given",
      news: {},
      more: { olds: { metadata: { name: "mine" } } },
      expected: "map-01020304",
    },
    {
      name: "proposed",
      news: {},
      more: { autonaming: { proposedName: "wished", mode: "propose" } },
      expected: "wished",
    },
    {
      name: "enforced",
      news: {},
      more: { autonaming: { proposedName: "wished", mode: "enforce" } },
      expected: "wished",
    },
  ])("is $name", ({ news, more, expected }) => {
    expect(metadata(check(news, more))).toMatchObject({ name: expected });
  });

  test("is required where automatic naming is disabled", () => {
    expect(check({}, { autonaming: { proposedName: "", mode: "disable" } }).failures).toEqual([
      { property: "metadata.name", reason: expect.stringMatching(/automatic naming is disabled/) },
    ]);
    expect(
      check({ metadata: { name: "mine" } }, { autonaming: { proposedName: "", mode: "disable" } }).failures,
    ).toEqual([]);
    expect(check({ metadata: { generateName: "mine-" } }).failures).toEqual([]);
  });
});

describe("the metadata of an object", () => {
  test("gets the provider's namespace where it names none", () => {
    expect(metadata(check({ metadata: { name: "a" } }, { namespace: "n" }))).toEqual({ name: "a", namespace: "n" });
    expect(metadata(check({ metadata: { name: "a", namespace: "own" } }, { namespace: "n" }))).toEqual({
      name: "a",
      namespace: "own",
    });
  });

  test("may be secret or unknown", () => {
    expect(metadata(check({ metadata: Unknown.value }))).toBe(Unknown.value);
    expect(metadata(check({ metadata: new Secret({ name: "a" }) }))).toEqual(new Secret({ name: "a" }));
    expect(metadata(check({ metadata: { name: Unknown.value } }))).toEqual({ name: Unknown.value });
  });

  test.each([
    ["metadata", { metadata: "x" }],
    ["metadata.name", { metadata: { name: "" } }],
    ["metadata.namespace", { metadata: { name: "a", namespace: 1 } }],
  ])("rejects a wrong %s", (property, news) => {
    expect(check(news as Values).failures).toEqual([{ property, reason: expect.stringContaining(property) }]);
  });
});

describe("the texts of a Secret", () => {
  test("become its data, secret", () => {
    const { inputs } = check(
      { data: { a: "YQ==" }, stringData: { b: "b" }, metadata: { name: "s" } },
      { type: "kubernetes:core/v1:Secret" },
    );
    expect(inputs).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      data: new Secret({ a: "YQ==", b: "Yg==" }),
    });
  });
});
