import { release } from "../../../../plugins/kubernetes/charts/release.ts";
import type { Cluster } from "../../../../plugins/kubernetes/cluster.ts";
import { Secret, Unknown, type Values } from "../../../../plugins/shared/values.ts";
import { withHelm } from "./stubHelm.ts";

const cluster = { namespace: "n", options: { helmEnvironment: {} } } as unknown as Cluster;
const request = {
  urn: "urn",
  type: "t",
  name: "app",
  randomSeed: new Uint8Array(4),
  cluster,
  engine: { log: () => undefined },
  signal: new AbortController().signal,
};
const check = (script: string, news: Values, olds: Values = {}) =>
  withHelm(script, () => release.check({ ...request, olds, news }));

describe("version", () => {
  test("is the chart's, which a constraint may not name", async () => {
    const { inputs } = await check("echo 'version: 1.2.3'", { chart: "app", version: ">=1" });
    expect(inputs).toMatchObject({ version: "1.2.3" });
  });

  test("is found by the inputs that locate a chart, without its values", async () => {
    const news = {
      chart: "app",
      version: "1",
      devel: true,
      dependencyUpdate: true,
      repositoryOpts: { repo: "https://charts.example" },
      values: { a: "b" },
    };
    const { inputs } = await check(`echo "version: '$*'"`, news);
    expect(inputs["version"]).toBe("show chart app --repo https://charts.example --version 1 --devel");
  });

  test("is found while a value is not known yet", async () => {
    const { inputs } = await check("echo 'version: 1.2.3'", { chart: "./app", values: { a: Unknown.value } });
    expect(inputs).toMatchObject({ version: "1.2.3" });
  });

  test("is not known while the chart is not", async () => {
    const { inputs, failures } = await check("exit 1", { chart: Unknown.value });
    expect(inputs["version"]).toBe(Unknown.value);
    expect(failures).toEqual([]);
  });
});

describe("a chart", () => {
  test("that Helm does not find fails the input chart, without secrets", async () => {
    const news = { chart: "app", repositoryOpts: { repo: new Secret("https://hush.example") } };
    const { failures } = await check('echo "Error: no chart in $5" >&2; exit 1', news);
    expect(failures).toEqual([{ property: "chart", reason: expect.stringMatching(/^no chart in \[secret\]; check/) }]);
  });
});
