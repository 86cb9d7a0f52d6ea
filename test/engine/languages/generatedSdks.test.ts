import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { MeshCluster } from "../review/support/meshCluster.ts";
import { testProgram } from "../support/testProgram.ts";
import { LanguageProject, providerFolder } from "./languageProject.ts";

jest.setTimeout(6 * 60_000);

let cluster: MeshCluster;
let project: LanguageProject | undefined;
beforeAll(async () => {
  cluster = await MeshCluster.start(process.env["MESH_FEDERATION_TEST_CHARTS"]!, ["istio-system", "sleep"]);
});
afterEach(() => project?.close());
afterAll(() => cluster?.stop());

const generateSdk = (language: string, folder: string) =>
  project!.run(testProgram("sdks"), join(providerFolder, "schema.json"), language, folder);
const entries = async () =>
  (await cluster.list("/apis/networking.istio.io/v1/serviceentries")).map(({ metadata }) => metadata.name);

/** Deploys the import of an example, which then has no changes, and destroys it. */
async function deployAndDestroy(): Promise<void> {
  await project!.init(cluster.kubeconfig);
  await project!.must("up", "--yes", "--skip-preview");
  expect(await entries()).toEqual(["import-west-httpbin"]);
  expect(await project!.must("stack", "output", "host")).toBe("httpbin.httpbin.svc.cluster.local\n");
  expect(await project!.changes()).toEqual([]);
  await project!.must("destroy", "--yes", "--skip-preview");
  expect(await entries()).toEqual([]);
}

test("a program in Python deploys an import by a generated SDK, has no changes, and destroys it", async () => {
  const site = testProgram("site");
  project = new LanguageProject("python", (folder) => ({
    PYTHONPATH: [join(folder, "installed"), site].join(delimiter),
  }));
  const sdk = join(project.folder, "sdk");
  await generateSdk("python", sdk);
  const offline = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--root-user-action=ignore"];
  await project.run("pip3", "install", ...offline, "--target", join(project.folder, "installed"), sdk);
  await deployAndDestroy();
});

test("a program in Go deploys an import by a generated SDK, has no changes, and destroys it", async () => {
  project = new LanguageProject("go", () => ({
    GOFLAGS: "-mod=mod -trimpath",
    GOTOOLCHAIN: "local",
    CGO_ENABLED: "0",
  }));
  const sdks = join(project.program, "sdks");
  mkdirSync(sdks);
  await generateSdk("go", sdks);
  const [sdk, module] = [join(sdks, "meshfederation"), "example.com/pulumi-mesh-federation/sdk/go/mesh-federation"];
  writeFileSync(join(sdk, "go.mod"), `module ${module}\n\ngo 1.26.0\n`);
  project.edit((text) => text.replace("./sdks/mesh-federation", "./sdks/meshfederation"), "go.mod");
  // It has all modules of Pulumi's SDK for Go, of the same version.
  copyFileSync(join(providerFolder, "..", "offline/builds/go/sdks/go.sum"), join(project.program, "go.sum"));
  await deployAndDestroy();
});
