import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileHash, type Artifact } from "../../tools/artifact.ts";

/** A program to build: its Go package, and its file name if that is not the package's last part. */
export interface GoProgram {
  package: string;
  output?: string;
}

/** Options of {@link goArtifact}. */
export interface GoArtifactOptions {
  name: string;
  /** Folder with `go.mod` and `go.sum`, which pin all modules. */
  module: string;
  programs: GoProgram[];
  /** Version stamps: `-X` values of the linker, by variable. */
  stamps?: Record<string, string>;
  expectedSeconds: number;
  weight?: number;
}

/** Go version that the pinned modules require. */
const minimumGo = [1, 26] as const;

/** Builds programs from Go modules. Needs no C compiler. The same inputs give the same files. */
export function goArtifact(options: GoArtifactOptions): Artifact {
  const stamps = Object.entries(options.stamps ?? {}).map(([variable, value]) => `-X ${variable}=${value}`);
  const ldflags = ["-s", "-w", ...stamps].join(" ");
  return {
    name: options.name,
    inputs: { module: fileHash(options.module), programs: JSON.stringify(options.programs), ldflags },
    expectedSeconds: options.expectedSeconds,
    weight: options.weight,
    async build(context) {
      requireGo();
      const env = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "-mod=readonly" };
      for (const program of options.programs) {
        context.log(program.package);
        const output = join(context.dir, program.output ?? program.package.split("/").at(-1)!);
        await context.run("go", ["build", "-trimpath", "-ldflags", ldflags, "-o", output, program.package], {
          cwd: options.module,
          env,
        });
      }
    },
  };
}

/** @throws when Go is not installed or too old */
export function requireGo(): void {
  const wanted = minimumGo.join(".");
  let version: string;
  try {
    version = execFileSync("go", ["env", "GOVERSION"], {
      encoding: "utf8",
      env: { ...process.env, GOTOOLCHAIN: "local" },
    }).trim();
  } catch {
    throw new Error(
      "Go is not installed, and the tools are built from Go modules. " +
        `Install Go ${wanted} or later (https://go.dev/doc/install) and retry`,
    );
  }
  const [, major, minor] = /\bgo(\d+)\.(\d+)/.exec(version) ?? [];
  const enough = Number(major) > minimumGo[0] || (Number(major) === minimumGo[0] && Number(minor) >= minimumGo[1]);
  if (!enough)
    throw new Error(
      `Go ${version || "of an unknown version"} is too old: the tools need ${wanted} or later. ` +
        "Install it (https://go.dev/doc/install) and retry",
    );
}
