import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import program from "../../../infra/index.ts";
import { errorFileVariable } from "../../../workspace/errorFile.ts";
import { record } from "../components/graph.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-program-"));
  process.env[errorFileVariable] = join(folder, "error.json");
});
afterEach(() => {
  delete process.env[errorFileVariable];
  rmSync(folder, { recursive: true });
});

test.each([
  { role: "trust", code: "ca-request-unreadable" },
  { role: "mesh", code: "config-invalid" },
])(
  "a mistake found by the program of role $role is a message and a file, not a stack trace",
  async ({ role, code }) => {
    const run = record(program, {
      stack: role === "trust" ? "trust" : "north",
      config: { "mesh-federation:role": role },
      invoke: () => {
        throw new Error("no access");
      },
    });
    await expect(run).rejects.toBeInstanceOf(pulumi.RunError);
    await expect(run).rejects.toThrow(`[${code}]`);
    expect(JSON.parse(readFileSync(join(folder, "error.json"), "utf8"))).toMatchObject({ code });
  },
);
