import { Cluster } from "../../../../test/engine/support/cluster.ts";

let cluster: Cluster;
beforeAll(async () => void (cluster = await Cluster.start()), 200_000);
afterAll(() => cluster?.stop());

test("a field that the server does not know is a warning, and what the server warns of is shown", async () => {
  const project = cluster.project();
  const program = `new k8s.core.v1.Service("odd", { metadata: { name: "odd", namespace: "default" },
    spec: { type: "ExternalName", externalName: "a.example", nosuchField: 1 } }, opts);`;
  const run = await project.up(program);
  expect(run.output).toMatch(/warning: unknown field "spec\.nosuchField"/);
  expect((await cluster.get("/api/v1/namespaces/default/services/odd")).spec.externalName).toBe("a.example");
  const again = await project.preview(program.replace("nosuchField: 1", ""));
  expect(again.output).not.toContain("warning");
  const annotated = await project.preview(
    program
      .replace("nosuchField: 1", "")
      .replace(`namespace: "default"`, `namespace: "default", annotations: { "pulumi.com/replaceUnready": "true" }`),
  );
  expect(annotated.output).toMatch(/warning: replaceUnready annotation is not supported for this resource/);
}, 100_000);
