import { Project } from "./project.ts";

jest.setTimeout(2 * 60_000);

let project: Project;
beforeAll(() => (project = new Project()));
afterAll(() => project?.remove());

// The engine gives every stack the defaults of Pulumi.yaml, including the keys of the other kind of stack.
test("a preview of the trust stack needs its role only; a key of the other kind of stack is rejected", async () => {
  project.write("trust", { role: "trust" });
  project.write("east", {
    cluster: { provider: "existing", kubeconfigPath: "./kubeconfig" },
    root: { commonName: "Root CA" },
  });
  for (const stack of ["trust", "east"]) await project.must(["stack", "init", stack]);
  expect(await project.changes("trust")).toEqual(
    expect.arrayContaining(["create trust-root", "create trust-root-key"]),
  );
  project.write("trust", { role: "trust", imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }] });
  for (const [stack, key] of [
    ["trust", "imports"],
    ["east", "root"],
  ] as const) {
    const { code, output } = await project.pulumi(["preview", "--stack", stack]);
    expect(code).not.toBe(0);
    expect(output).toMatch(new RegExp(`stack "${stack}".*\\[config-invalid\\]`));
    expect(output).toMatch(new RegExp(`- .*\\b${key}\\b.*\\[[a-z-]+\\]`));
  }
});
