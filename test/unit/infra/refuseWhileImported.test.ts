import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contract } from "../federation/fixtures.ts";

const folder = mkdtempSync(join(tmpdir(), "guard-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the guard of mesh west as `destroy` does. `pulumi` ends with this code after it printed this error. */
function guard(peers: object, pulumi: { code: number; error?: string } = { code: 0 }) {
  const program = join(folder, "pulumi");
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$ERROR" >&2\nexit ${pulumi.code}\n`);
  chmodSync(program, 0o755);
  const { status, stderr } = spawnSync(process.execPath, ["infra/refuseWhileImported.ts"], {
    env: {
      PATH: `${folder}:${process.env["PATH"]}`,
      MESH: "west",
      PEERS: JSON.stringify(peers),
      ERROR: pulumi.error ?? "",
    },
    encoding: "utf8",
  });
  return { status, stderr };
}

const east = { east: { stack: "organization/mesh-federation/east" } };

describe("the guard of an exporter", () => {
  test.each([
    { what: "does not exist, by Pulumi's exit code", pulumi: { code: 6, error: "error: no stack named 'east' found" } },
    {
      what: "publishes nothing",
      pulumi: { code: 255, error: "error: current stack does not have output property 'federation'" },
    },
  ])("lets the mesh go where its peer $what", ({ pulumi }) => {
    expect(guard(east, pulumi).status).toBe(0);
  });

  test.each([
    "error: getting secrets manager: key not found",
    "error: bucket states not found",
    "error: no stack named 'other' found in the bucket",
  ])("refuses where its peer cannot be read: %s", (error) => {
    expect(guard(east, { code: 255, error })).toEqual({
      status: 1,
      stderr: expect.stringMatching(/importers-unknown.*/s),
    });
  });

  test("refuses a file with the contract of another mesh, and takes the peer's own", () => {
    const file = join(folder, "east.json");
    writeFileSync(file, JSON.stringify(contract("north")));
    expect(guard({ east: { file } })).toMatchObject({ status: 1, stderr: expect.stringContaining('mesh "north"') });
    writeFileSync(file, JSON.stringify(contract("east")));
    expect(guard({ east: { file } }).status).toBe(0);
  });
});
