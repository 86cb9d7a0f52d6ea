import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What `run` answers while a shell script is the helm program. */
export async function withHelm<T>(script: string, run: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "stub-helm-"));
  const before = process.env["MESH_FEDERATION_HELM"];
  const program = join(folder, "helm");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  process.env["MESH_FEDERATION_HELM"] = program;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env["MESH_FEDERATION_HELM"];
    else process.env["MESH_FEDERATION_HELM"] = before;
    rmSync(folder, { recursive: true });
  }
}
