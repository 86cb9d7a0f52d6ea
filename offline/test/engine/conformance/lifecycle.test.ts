import { Cluster } from "../../../../test/engine/support/cluster.ts";
import type { Project } from "../../../../test/engine/support/project.ts";
import { installServiceEntries } from "../../../../test/engine/support/serviceEntries.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start();
  await installServiceEntries(cluster.api);
}, 200_000);
afterAll(() => cluster?.stop());

const program = (step: number, rest = "") => `
const step = ${step};
const ns = new k8s.core.v1.Namespace("life", { metadata: { name: "life", labels: { step: String(step) } } }, opts);
const namespace = ns.metadata.name;
const auto = new k8s.core.v1.ConfigMap("auto", { metadata: { namespace }, data: { a: String(step) } }, opts);
const fixed = new k8s.core.v1.ConfigMap("fixed", { metadata: { namespace, name: "fixed" },
  data: { a: String(step) } }, opts);
const secret = new k8s.core.v1.Secret("secret", { metadata: { namespace, name: "secret" },
  stringData: { password: "hush-" + step, plain: pulumi.secret("hush-too") } }, opts);
const web = new k8s.apps.v1.Deployment("web", { metadata: { namespace, name: "web" }, spec: {
  replicas: step, selector: { matchLabels: { app: "web" } },
  template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1",
    resources: { limits: { cpu: "2000m", memory: "1024Mi" } }, env: [{ name: "EMPTY", value: "" }] }] } } } }, opts);
const service = new k8s.core.v1.Service("web", { metadata: { namespace, name: "web" },
  spec: { type: "LoadBalancer", selector: { app: "web" }, ports: [{ port: 80 }] } }, opts);
const entry = new k8s.apiextensions.CustomResource("entry", { apiVersion: "networking.istio.io/v1",
  kind: "ServiceEntry", metadata: { namespace, name: "entry" },
  spec: { hosts: ["a.example"], endpoints: [{ address: service.status.loadBalancer.ingress[0].ip }] } }, opts);
export const address = service.status.loadBalancer.ingress[0].ip;
export const password = secret.data;
${rest}`;

test("objects that name no namespace go where the provider says", async () => {
  const project = cluster.project();
  await cluster.namespace("given");
  await project.up(
    `new k8s.core.v1.ConfigMap("placed", { metadata: { name: "placed" } }, opts);
      new k8s.rbac.v1.ClusterRole("role", { metadata: { name: "placed" }, rules: [] }, opts);`,
    `namespace: "given"`,
  );
  const { placed, role } = project.state();
  expect([placed!.id, role!.id]).toEqual(["given/placed", "placed"]);
  expect(placed!.outputs.__inputs.metadata.namespace).toBe("given");
  expect((await project.preview()).steps).toEqual([]);
}, 200_000);

describe("a stack from its first up to its end", () => {
  let project: Project;
  beforeAll(() => void (project = cluster.project()));

  test("preview shows everything and makes nothing; what only the cluster knows stays unknown", async () => {
    const run = await project.preview(program(1));
    expect(run.steps).toEqual([
      "auto: create",
      "east: create",
      "entry: create",
      "fixed: create",
      "life: create",
      "secret: create",
      "web: create",
      "web: create",
    ]);
    expect(run.output).toMatch(/address *: .*(unknown|output<)/);
    expect(run.output).not.toContain("hush");
    expect(await cluster.get("/api/v1/namespaces/life")).toBeUndefined();
  }, 200_000);

  test("up makes everything, and waits until it is of use", async () => {
    const run = await project.up();
    expect(run.output).toContain(`address : "172.19.255.100"`);
    const entry = await cluster.get("/apis/networking.istio.io/v1/namespaces/life/serviceentries/entry");
    expect(entry.spec.endpoints).toEqual([{ address: "172.19.255.100" }]);
    expect((await cluster.get("/apis/apps/v1/namespaces/life/deployments/web")).status.availableReplicas).toBe(1);
    const { auto, secret } = project.state();
    expect(auto!.id).toMatch(/^life\/auto-[0-9a-f]{8}$/);
    expect(auto!.outputs.metadata.annotations["pulumi.com/autonamed"]).toBe("true");
    expect(auto!.outputs).toMatchObject({
      __initialApiVersion: "v1",
      __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/),
      __inputs: { data: { a: "1" } },
    });
    expect(secret!.id).toBe("life/secret");
  }, 200_000);

  test("no secret lies in state", () => {
    const text = project.stateText();
    for (const hidden of [
      "hush-1",
      "hush-too",
      Buffer.from("hush-1").toString("base64"),
      Buffer.from("hush-too").toString("base64"),
      "test-admin-token",
    ])
      expect(text).not.toContain(hidden);
    expect(text).toContain("a.example");
  });

  test("preview and refresh find no change", async () => {
    expect((await project.preview()).steps).toEqual([]);
    expect((await project.refresh()).steps).toEqual([]);
    expect((await project.preview()).steps).toEqual([]);
  }, 200_000);

  test("a change is made in place where that is possible, and else by another object", async () => {
    const expected = {
      life: ["metadata.labels.step: update"],
      auto: ["data.a: update-replace"],
      fixed: ["data.a: update-replace"],
      web: ["spec.replicas: update"],
      secret: ["data.password: update"],
    };
    const preview = await project.preview(program(2));
    expect(preview.diffs).toMatchObject(expected);
    const before = project.state();
    const run = await project.up();
    expect(run.diffs).toMatchObject(expected);
    // One that has a name of its own must go before its successor comes; one that was named here need not.
    expect(run.steps.filter((step) => step.startsWith("auto"))).toEqual([
      "auto: create-replacement",
      "auto: delete-replaced",
      "auto: replace",
    ]);
    expect(project.state()["auto"]!.id).not.toBe(before["auto"]!.id);
    expect(await cluster.get(`/api/v1/namespaces/life/configmaps/${before["auto"]!.id.split("/")[1]}`)).toBeUndefined();
    const fixed = await cluster.get("/api/v1/namespaces/life/configmaps/fixed");
    expect(fixed.data).toEqual({ a: "2" });
    expect(fixed.metadata.uid).not.toBe(before["fixed"]!.outputs.metadata.uid);
    const secret = await cluster.get("/api/v1/namespaces/life/secrets/secret");
    expect(Buffer.from(secret.data.password, "base64").toString()).toBe("hush-2");
    expect(secret.metadata.uid).toBe(before["secret"]!.outputs.metadata.uid);
    expect((await project.preview()).steps).toEqual([]);
  }, 300_000);

  test("a field that is no longer asked for goes; another owner's stays", async () => {
    await cluster.api.apply(
      "/api/v1/namespaces/life",
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "life", labels: { theirs: "yes" } } },
      "somebody",
    );
    expect((await project.preview()).steps).toEqual([]);
    await project.up(program(2).replace(", labels: { step: String(step) }", ""));
    const { labels } = (await cluster.get("/api/v1/namespaces/life")).metadata;
    expect(labels).toEqual({ "kubernetes.io/metadata.name": "life", theirs: "yes" });
  }, 200_000);

  test("what somebody edited by hand is found by refresh and undone by up", async () => {
    const edited = { spec: { selector: { app: "other" } } };
    await cluster.api.request(
      "PATCH",
      "/api/v1/namespaces/life/services/web?fieldManager=kubectl-edit",
      edited,
      "application/merge-patch+json",
    );
    expect((await project.refresh()).steps).toEqual(["web: update"]);
    const run = await project.up(program(2).replace(", labels: { step: String(step) }", ""));
    expect(run.diffs["web"]).toEqual(["spec.selector.app: update"]);
    expect((await cluster.get("/api/v1/namespaces/life/services/web")).spec.selector).toEqual({ app: "web" });
  }, 300_000);

  test("refresh finds foreign changes; up recreates deleted objects and names the owner of a conflict", async () => {
    const edited = { spec: { selector: { app: "other" } } };
    await cluster.api.request(
      "PATCH",
      "/api/v1/namespaces/life/services/web?fieldManager=operator",
      edited,
      "application/merge-patch+json",
    );
    await cluster.api.request("DELETE", "/api/v1/namespaces/life/configmaps/fixed");
    expect((await project.refresh()).steps).toEqual(["fixed: delete", "web: update"]);
    const without = program(2).replace(", labels: { step: String(step) }", "");
    const run = await project.failingUp(without);
    expect(run.diffs["web"]).toEqual(["spec.selector.app: update"]);
    expect(run.output).toMatch(/"operator"/);
    expect(run.output).toMatch(/spec\.selector/);
    expect((await cluster.get("/api/v1/namespaces/life/services/web")).spec.selector).toEqual({ app: "other" });
    await project.up(
      without.replace(
        `{ namespace, name: "web" },\n  spec: { type`,
        `{ namespace, name: "web", annotations: { "pulumi.com/patchForce": "true" } }, spec: { type`,
      ),
    );
    expect((await cluster.get("/api/v1/namespaces/life/services/web")).spec.selector).toEqual({ app: "web" });
    expect(await cluster.get("/api/v1/namespaces/life/configmaps/fixed")).toBeDefined();
  }, 300_000);

  test("a new logical name with an alias keeps the object", async () => {
    const before = (await cluster.get("/api/v1/namespaces/life/configmaps/fixed")).metadata.uid;
    const run = await project.up(
      program(2)
        .replace(", labels: { step: String(step) }", "")
        .replace(
          `{ namespace, name: "web" },\n  spec: { type`,
          `{ namespace, name: "web", annotations: { "pulumi.com/patchForce": "true" } }, spec: { type`,
        )
        .replace(`new k8s.core.v1.ConfigMap("fixed", `, `new k8s.core.v1.ConfigMap("renamed", `)
        .replace(
          `name: "fixed" },\n  data: { a: String(step) } }, opts)`,
          `name: "fixed" }, data: { a: String(step) } }, { ...opts, aliases: [{ name: "fixed" }] })`,
        ),
    );
    expect(run.steps).toEqual([]);
    expect(project.state()["renamed"]!.id).toBe("life/fixed");
    expect((await cluster.get("/api/v1/namespaces/life/configmaps/fixed")).metadata.uid).toBe(before);
  }, 200_000);

  test("destroy leaves nothing", async () => {
    await project.destroy();
    expect(project.state()).toEqual({});
    expect(await cluster.get("/api/v1/namespaces/life")).toBeUndefined();
  }, 300_000);
});
