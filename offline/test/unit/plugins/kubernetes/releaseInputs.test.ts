import { refusedInputs, releaseInputs } from "../../../../plugins/kubernetes/charts/releaseInputs.ts";
import { Secret, Unknown, type Values } from "../../../../plugins/shared/values.ts";

const place = { chart: "./app", name: "app", namespace: "n" };
const values = (given: Values) => releaseInputs({ ...place, ...given })["values"];
const file = (text: string) => ({ text });

describe("the inputs of a release", () => {
  test("are all recorded, as by the official plugin", () => {
    expect(
      releaseInputs({
        ...place,
        compat: "true",
        atomic: true,
        repositoryOpts: { repo: "https://charts.example" },
        maxHistory: null,
      }),
    ).toEqual({
      ...place,
      atomic: true,
      timeout: 300,
      values: {},
      repositoryOpts: {
        repo: "https://charts.example",
        caFile: "",
        certFile: "",
        keyFile: "",
        password: "",
        username: "",
      },
      description: "",
      keyring: "",
      postrender: "",
      version: "",
      allowNullValues: false,
      cleanupOnFail: false,
      createNamespace: false,
      dependencyUpdate: false,
      devel: false,
      disableCRDHooks: false,
      disableOpenapiValidation: false,
      disableWebhooks: false,
      forceUpdate: false,
      lint: false,
      recreatePods: false,
      renderSubchartNotes: false,
      replace: false,
      resetValues: false,
      reuseValues: false,
      skipAwait: false,
      skipCrds: false,
      takeOwnership: false,
      verify: false,
      waitForJobs: false,
    });
  });

  test.each<{ name: string; given: Values; expected: Values }>([
    { name: "no time where nothing is waited for", given: { skipAwait: true }, expected: { timeout: 0 } },
    { name: "the time that is given", given: { skipAwait: true, timeout: 7 }, expected: { timeout: 7 } },
    {
      name: "the user's keyring to verify with",
      given: { verify: true },
      expected: { keyring: `${process.env["HOME"]}/.gnupg/pubring.gpg` },
    },
    { name: "a history that is given", given: { maxHistory: 0 }, expected: { maxHistory: 0 } },
  ])("have defaults: $name", ({ given, expected }) =>
    expect(releaseInputs({ ...place, ...given })).toMatchObject(expected),
  );

  test.each<{ name: string; given: Values; expected: unknown }>([
    {
      name: "over files",
      given: { valueYamlFiles: [file("a: 1\nb: {c: 1, d: 1}")], values: { b: { c: 2 } } },
      expected: { a: 1, b: { c: 2, d: 1 } },
    },
    {
      name: "a later file's key whole",
      given: { valueYamlFiles: [file("b: {c: 1, d: 1}"), file("b: {c: 2}")] },
      expected: { b: { c: 2 } },
    },
    {
      name: "without nulls",
      given: { values: { a: null, b: [null, 1], c: { d: null } } },
      expected: { b: [1], c: {} },
    },
    { name: "with nulls", given: { allowNullValues: true, values: { a: null } }, expected: { a: null } },
    {
      name: "secret where they are",
      given: { valueYamlFiles: [file("a: {b: 1}")], values: { a: { c: new Secret("s") } } },
      expected: { a: { b: 1, c: new Secret("s") } },
    },
    {
      name: "all secret",
      given: { valueYamlFiles: [file("a: 1")], values: new Secret({ b: "s" }) },
      expected: new Secret({ a: 1, b: "s" }),
    },
    {
      name: "all secret by a secret file",
      given: { valueYamlFiles: [new Secret(file("a: s"))], values: { b: 1 } },
      expected: new Secret({ a: "s", b: 1 }),
    },
    {
      name: "unknown by a file",
      given: { valueYamlFiles: [Unknown.value], values: { b: 1 } },
      expected: Unknown.value,
    },
    {
      name: "unknown in part",
      given: { valueYamlFiles: [file("a: 1")], values: { b: Unknown.value } },
      expected: { a: 1, b: Unknown.value },
    },
  ])("merge values: $name", ({ given, expected }) => expect(values(given)).toEqual(expected));

  test("reject unreadable value files", () => {
    expect(() => values({ valueYamlFiles: [file("[1]")] })).toThrow(/no map of values/);
    expect(() => values({ valueYamlFiles: [{ uri: "https://x" }] })).toThrow(/string and file assets/);
  });

  test.each<[string, Values, RegExp]>([
    ["chart", { chart: undefined as never }, /chart is missing: give/],
    ["lint", { lint: true }, /lint is not built into this stand-in .* run helm lint/],
    ["manifest", { manifest: {} }, /manifest is no input .* leave it out\. It knows .*takeOwnership/],
    [
      "repositoryOpts.password",
      { repositoryOpts: { repo: "https://x", password: new Secret("p") } },
      /password is not built .* use a local chart/,
    ],
  ])("reject %s", (property, given, reason) => {
    expect(refusedInputs({ ...place, ...given })).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  test("accept what is off, empty or computed", () => {
    expect(
      refusedInputs({
        ...place,
        lint: false,
        manifest: null,
        compat: "true",
        resourceNames: {},
        repositoryOpts: { repo: "https://x", username: "" },
        takeOwnership: true,
      }),
    ).toEqual([]);
  });
});
