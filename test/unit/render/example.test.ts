import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import { render } from "../../../render/render.ts";
import { filesIn } from "./folder.ts";

const example = resolve("examples/argocd");
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "mesh-federation-example-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("the example's folder is what its stack files make", async () => {
  const options = { stacksFolder: join(example, "stacks"), stacks: [], out: folder, argocd: true };
  expect((await render(options)).failed).toEqual([]);
  expect(filesIn(folder)).toEqual(filesIn(join(example, "gitops")));
});

test.each(["east", "west"])("the Application of %s applies a folder that exists", (mesh) => {
  const { spec } = parse(readFileSync(join(example, `application-${mesh}.yaml`), "utf8"));
  expect(spec.destination).toEqual({ name: mesh });
  expect(filesIn(join(example, spec.source.path))["kustomization.yaml"]).toBeDefined();
});

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;

// Without kubectl, kustomize cannot run; the engine tier applies the objects one by one.
(hasKubectl ? test : test.skip)("Flux's Kustomizations apply everything once, the Gateways last", () => {
  const [first, second] = parseAllDocuments(readFileSync(join(example, "flux-west.yaml"), "utf8")).map(
    (document) => document.toJS() as any,
  );
  const kindsOf = ({ spec }: any): string[] => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(example, spec.path), join(folder, "mesh"), { recursive: true });
    writeFileSync(join(folder, "kustomization.yaml"), stringify({ resources: ["mesh"], patches: spec.patches }));
    const { stdout, stderr } = spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
    expect(stderr).toBe("");
    return parseAllDocuments(stdout).map((document) => (document.toJS() as any).kind);
  };
  expect(second.spec.dependsOn).toEqual([{ name: first.metadata.name }]);
  expect(kindsOf(first).sort()).toEqual(["AuthorizationPolicy", "ServiceEntry"]);
  expect(kindsOf(second)).toEqual(["Gateway"]);
});
