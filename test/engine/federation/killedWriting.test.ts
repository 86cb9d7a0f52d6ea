import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceVariable } from "../../../tools/source.ts";
import { cloneAt, start } from "../../unit/support/clone.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "mesh-federation-killed-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("a state file that a killed run left with empty attributes is repaired and reported", async () => {
  const clone = cloneAt(join(folder, "clone"));
  const pulumi = async (...args: string[]): Promise<string> => {
    const started = start(clone, "pulumi", args, { [sourceVariable]: process.env[sourceVariable] || "registry" });
    expect({ code: await started.ended, output: started.output() }).toEqual({ code: 0, output: expect.any(String) });
    return started.output();
  };
  await pulumi("config", "--stack", "trust"); // creates the stack
  const written = await pulumi("stack", "export", "--stack", "trust");
  truncateSync(join(clone, ".federation", "state", ".pulumi", "stacks", "mesh-federation", "trust.json.attrs"));
  const output = await pulumi("stack", "export", "--stack", "trust");
  expect(output).toMatch(/trust\.json/);
  expect(output).toContain(written.slice(written.indexOf("{")));
});
