import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { ensureArtifacts, type Artifact } from "../../tools/artifact.ts";
import type { Progress } from "../../tools/progress.ts";
import { goArtifact } from "./goArtifact.ts";

const goFolder = join(import.meta.dirname, "go");

export const yamlHost = goArtifact({
  name: "pulumi-language-yaml",
  module: join(goFolder, "language-yaml"),
  programs: [{ package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml" }],
  expectedSeconds: 75,
});

export const goHost = goArtifact({
  name: "pulumi-language-go",
  module: join(goFolder, "language-go"),
  programs: [{ package: "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go" }],
  expectedSeconds: 20,
});

/** It is in the module of the host of Node.js, from which most of it is built already. */
const pythonModule = join(goFolder, "language-nodejs");
const pythonPrograms = goArtifact({
  name: "pulumi-language-python",
  module: pythonModule,
  programs: [{ package: "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python" }],
  expectedSeconds: 10,
});

/** The host of Python with the script by which it runs a program, which it looks for beside itself. */
export const pythonHost: Artifact = {
  ...pythonPrograms,
  async build(context) {
    await pythonPrograms.build(context);
    const module = execFileSync("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"], {
      cwd: pythonModule,
      encoding: "utf8",
      env: { ...process.env, GOTOOLCHAIN: "local", GOFLAGS: "-mod=readonly" },
    }).trim();
    const script = "pulumi-language-python-exec";
    copyFileSync(join(module, "python", "cmd", script), join(context.dir, script));
    chmodSync(join(context.dir, script), 0o755);
  },
};

/** Generates SDKs; the language hosts that can be built are too old for it. */
export const sdkGenerator = goArtifact({
  name: "sdks",
  module: join(goFolder, "sdks"),
  programs: [{ package: "meshfederation/toolchain/sdks" }],
  expectedSeconds: 30,
});

/** Builds the generator of SDKs where the cache lacks it. Returns the path of the program. */
export async function ensureSdkGenerator(progress: Progress): Promise<string> {
  const dirs = await ensureArtifacts([sdkGenerator], progress);
  return join(dirs.get(sdkGenerator.name)!, "sdks");
}
