import { join } from "node:path";
import type { BuildContext } from "../../../tools/artifact.ts";
import { requireGo } from "../../builds/goArtifact.ts";

/** Folder of one of the lab's Go modules. Its go.mod and go.sum pin the versions of the build. */
export function goFolder(name: string): string {
  return join(import.meta.dirname, "../go", name);
}

/**
 * Folder of the sources of `module` in the version that the lab's Go module `pinnedBy` pins, for files that are not Go.
 * It is in Go's module cache and read-only.
 *
 * @throws when Go is not installed, the module cannot be fetched, or its checksum is not that of go.sum
 */
export async function sourcesOf(context: BuildContext, pinnedBy: string, module: string): Promise<string> {
  requireGo();
  const answer = await context.run("go", ["mod", "download", "-json", module], {
    cwd: goFolder(pinnedBy),
    env: { GOTOOLCHAIN: "local", GOFLAGS: "-mod=readonly" },
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}
