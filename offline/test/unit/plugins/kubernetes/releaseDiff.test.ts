import { release } from "../../../../plugins/kubernetes/charts/release.ts";
import { Secret, Unknown, type Values } from "../../../../plugins/shared/values.ts";

const inputs: Values = {
  name: "app",
  namespace: "n",
  chart: "./app",
  version: "1.2.3",
  timeout: 300,
  values: { text: "one", password: new Secret("p") },
};
/** State as the official plugin writes it. */
const stateOf = (given: Values, outputs: Values = {}): Values => ({
  ...given,
  version: "1.2.3",
  resourceNames: { "ConfigMap/v1": ["app"] },
  status: { revision: 3 },
  ...outputs,
  __inputs: new Secret(given),
});
const diff = (news: Values, ignoreChanges: string[] = [], olds = stateOf(inputs)) =>
  release.diff({ olds, oldInputs: {}, news, ignoreChanges } as never);
const kinds = (answer: Awaited<ReturnType<typeof diff>>) =>
  Object.fromEntries(Object.entries(answer.detailedDiff!).map(([path, { kind }]) => [path, kind]));

describe("what differs", () => {
  test.each<{ name: string; news: Values; expected: Record<string, string>; replaces?: string[] }>([
    {
      name: "nothing, whatever the outputs and secret marks",
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
    { name: "the chart's version", news: { ...inputs, version: "1.2.4" }, expected: { version: "update" } },
    { name: "a flag", news: { ...inputs, atomic: true }, expected: { atomic: "add" } },
    { name: "the name", news: { ...inputs, name: "b" }, expected: { name: "update-replace" }, replaces: ["name"] },
    {
      name: "the namespace",
      news: { ...inputs, namespace: Unknown.value },
      expected: { namespace: "update-replace" },
      replaces: ["namespace"],
    },
  ])("$name", async ({ news, expected, replaces = [] }) => {
    const answer = await diff(news);
    expect(kinds(answer)).toEqual(expected);
    expect(answer).toMatchObject({ changes: Object.keys(expected).length > 0, replaces });
  });
});

describe("a state of another version of the plugin", () => {
  test.each<{ name: string; older: Values }>([
    { name: "with a checksum", older: { ...inputs, checksum: "1", resourceNames: { "ConfigMap/v1": ["app"] } } },
    { name: "without the chart's version as an input", older: { ...inputs, version: "" } },
  ])("$name does not differ", async ({ older }) => {
    expect(await diff(inputs, [], stateOf(older))).toMatchObject({ changes: false });
  });

  test("without an input does not differ at the input's default", async () => {
    expect(await diff({ ...inputs, takeOwnership: false, description: "" })).toMatchObject({ changes: false });
    expect(kinds(await diff({ ...inputs, takeOwnership: true }))).toEqual({ takeOwnership: "add" });
  });
});

describe("drift", () => {
  test("a version that a refresh found is changed back", async () => {
    expect(kinds(await diff(inputs, [], stateOf(inputs, { version: "9.9.9" })))).toEqual({ version: "update" });
  });

  test("a value that only the state has is left alone", async () => {
    const state = stateOf(inputs, { values: { text: "one", password: "p", reused: "x" } });
    expect(await diff(inputs, [], state)).toMatchObject({ changes: false });
  });
});

describe("ignoreChanges", () => {
  test("ignores version", async () => {
    const news = { ...inputs, version: "1.2.4" };
    expect(await diff(news, ["version"])).toMatchObject({ changes: false });
    expect(await diff(news, ["values"])).toMatchObject({ changes: true, diffs: ["version"] });
  });
});
