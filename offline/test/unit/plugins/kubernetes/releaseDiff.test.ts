import { release } from "../../../../plugins/kubernetes/charts/release.ts";
import { Secret, Unknown, type Values } from "../../../../plugins/shared/values.ts";

const inputs: Values = {
  name: "app",
  namespace: "n",
  chart: "./app",
  version: "",
  timeout: 300,
  values: { text: "one", password: new Secret("p") },
  checksum: "1",
  resourceNames: { "ConfigMap/v1": ["app"] },
};
/** State as the official plugin writes it: what came of the inputs, and the inputs themselves, all of them secret. */
const state: Values = { ...inputs, version: "1.2.3", status: { revision: 3 }, __inputs: new Secret(inputs) };
const diff = (news: Values, ignoreChanges: string[] = [], olds = state) =>
  release.diff({ olds, oldInputs: {}, news, ignoreChanges } as never);

test.each<{ name: string; news: Values; expected: Record<string, string>; replaces?: string[] }>([
  {
    name: "nothing, whatever the outputs and marks",
    news: { ...inputs, values: { text: new Secret("one"), password: "p" } },
    expected: {},
  },
  {
    name: "a value",
    news: { ...inputs, values: { text: "two" } },
    expected: { "values.password": "delete", "values.text": "update" },
  },
  {
    name: "a value not known yet",
    news: { ...inputs, values: { text: Unknown.value, password: "p" } },
    expected: { "values.text": "update" },
  },
  { name: "the chart's files", news: { ...inputs, checksum: "2" }, expected: { checksum: "update" } },
  { name: "a flag", news: { ...inputs, atomic: true }, expected: { atomic: "add" } },
  { name: "the name", news: { ...inputs, name: "b" }, expected: { name: "update-replace" }, replaces: ["name"] },
  {
    name: "the namespace",
    news: { ...inputs, namespace: Unknown.value },
    expected: { namespace: "update-replace" },
    replaces: ["namespace"],
  },
])("what differs: $name", async ({ news, expected, replaces = [] }) => {
  const answer = await diff(news);
  expect(Object.fromEntries(Object.entries(answer.detailedDiff!).map(([path, { kind }]) => [path, kind]))).toEqual(
    expected,
  );
  expect(answer).toMatchObject({ changes: Object.keys(expected).length > 0, replaces });
});

test("a changed chart can be ignored", async () => {
  expect(await diff({ ...inputs, checksum: "2" }, ["checksum"])).toMatchObject({ changes: false });
  expect(await diff({ ...inputs, checksum: "2" }, ["values"])).toMatchObject({ changes: true, diffs: ["checksum"] });
});

// As the official plugin: a state of an earlier version, without the checksum, is upgraded once, unless it is ignored.
test("a state without a checksum", async () => {
  const { checksum: _, ...older } = inputs;
  const olds = { ...older, __inputs: new Secret(older) };
  expect(await diff(inputs, [], olds)).toMatchObject({ changes: true, diffs: ["checksum"], replaces: [] });
  expect(await diff(inputs, ["checksum"], olds)).toMatchObject({ changes: false });
});
