import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needsLab } from "../../../workspace/needsLab.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "needs-lab-"));
  mkdirSync(join(root, "stacks"));
});
afterEach(() => rmSync(root, { recursive: true }));

const stack = (name: string, text: string) => writeFileSync(join(root, "stacks", `Pulumi.${name}.yaml`), text);
const on = (provider: string) =>
  `config:\n  mesh-federation:mesh: { name: m-${provider} }\n  mesh-federation:cluster: { provider: ${provider} }\n`;

describe("the lab", () => {
  test("is needed only for clusters created in it, not for existing ones or releases", async () => {
    stack("trust", "config:\n  mesh-federation:role: trust\n");
    stack("west", on("existing"));
    expect(await needsLab("registry", root)).toBe(false);
    stack("east", on("kind"));
    expect(await needsLab("registry", root)).toBe(true);
    expect(await needsLab("release", root)).toBe(false);
  });

  test("is needed while it has clusters, for any stack files", async () => {
    stack("west", on("existing"));
    mkdirSync(join(root, ".federation", "engine", "data", "containers", "0a1b"), { recursive: true });
    expect(await needsLab("registry", root)).toBe(true);
  });

  test("is needed with an unreadable stack file, which the program reports", async () => {
    stack("west", "config: [");
    expect(await needsLab("registry", root)).toBe(true);
  });
});
