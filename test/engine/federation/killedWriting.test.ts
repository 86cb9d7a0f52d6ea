import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceVariable } from "../../../tools/source.ts";
import { cloneAt, start } from "../../unit/support/clone.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "mesh-federation-killed-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("a state whose writing was killed between its attributes and itself is read again, and the run says so", async () => {
  const clone = cloneAt(join(folder, "clone"));
  const pulumi = async (...args: string[]): Promise<string> => {
    const started = start(clone, "pulumi", args, { [sourceVariable]: process.env[sourceVariable] || "registry" });
    expect({ code: await started.ended, output: started.output() }).toEqual({ code: 0, output: expect.any(String) });
    return started.output();
  };
  await pulumi("config", "--stack", "trust"); // makes the stack
  const written = await pulumi("stack", "export", "--stack", "trust");
  truncateSync(join(clone, ".federation", "state", ".pulumi", "stacks", "mesh-federation", "trust.json.attrs"));
  const output = await pulumi("stack", "export", "--stack", "trust");
  expect(output).toMatch(
    /trust\.json: an earlier run was stopped while it wrote this file of the state; what stood in it before is used/,
  );
  expect(output).toContain(written.slice(written.indexOf("{")));
});
