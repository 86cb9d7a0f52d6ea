import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Project } from "../../../../test/engine/support/project.ts";
import { recordedReleases } from "../../support/plugins/traces.ts";
import { importInto, kubeconfig, releaseResources, resourcesOf } from "./officialState.ts";
import { commands, objects, releases } from "./programs.ts";

// Stacks as the official plugins wrote them, rebuilt from recordings, preview without change here. The charts and
// groups of recordings 06 and 07 are left out: they need the chart's files.

async function unchanged(project: Project, resources: number): Promise<void> {
  const run = await project.run("preview", ["--expect-no-changes"]);
  expect(run).toMatchObject({ code: 0, steps: [], diffs: {} });
  expect(run.output).toContain(`${resources} unchanged`);
}

test("commands", async () => {
  const project = new Project();
  try {
    await importInto(project, resourcesOf("10", ["command"], { additionalSecretOutputs: { stdin: ["stdout"] } }));
    project.write(commands());
    await unchanged(project, 5);
    const control = await project.preview(commands("2"));
    expect(control).toMatchObject({ steps: ["plain: update"], diffs: { plain: ["environment.V: update"] } });
  } finally {
    project.close();
  }
}, 60_000);

test("keys, certificates and objects, without a cluster", async () => {
  const project = new Project(kubeconfig);
  const inNamespace = ["Namespace proto"];
  try {
    await importInto(
      project,
      resourcesOf("01", ["tls", "kubernetes"], {
        dependencies: {
          "SelfSignedCert root": ["PrivateKey root"],
          "CertRequest west": ["PrivateKey west"],
          "LocallySignedCert west": ["SelfSignedCert root", "PrivateKey root", "CertRequest west"],
          "Secret cacerts": [...inNamespace, "LocallySignedCert west", "PrivateKey west"],
          "ConfigMap auto": inNamespace,
          "Deployment web": inNamespace,
          "Service web": inNamespace,
          "ServiceEntry se": [...inNamespace, "Service web"],
        },
      }),
    );
    project.write(objects());
    await unchanged(project, 13);
    // The difference shows without the server. The only other output may be that a dry run is not possible.
    project.write(objects(15444));
    const control = await project.run("preview");
    expect(control).toMatchObject({ steps: ["se: update"], diffs: { se: ["spec.endpoints[0].ports.http: update"] } });
    if (control.code !== 0) expect(control.output).toMatch(/error: .*(unreachable|cannot be reached)/);
  } finally {
    project.close();
  }
}, 60_000);

test("releases, without a cluster", async () => {
  const project = new Project(kubeconfig);
  const recordings = recordedReleases();
  try {
    for (const { inputs, outputs } of recordings) {
      const folder = join(project.folder, inputs["chart"]);
      const { chart: name, version } = outputs["status"];
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "Chart.yaml"), JSON.stringify({ apiVersion: "v2", name, version }));
    }
    await importInto(project, releaseResources());
    project.write(releases(recordings));
    await unchanged(project, 4);
    const [base, metallb] = recordings;
    const changed = { ...metallb!, inputs: { ...metallb!.inputs, values: { frrk8s: { enabled: true } } } };
    const control = await project.preview(releases([base!, changed]));
    expect(control.steps).toEqual(["load-balancer-metallb: update"]);
    expect(control.diffs["load-balancer-metallb"]).toContain("values.frrk8s.enabled: update");
  } finally {
    project.close();
  }
}, 60_000);
