import { spawnSync } from "node:child_process";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** How an SDK in one language is compiled. */
interface Compiler {
  /** Program that must be on PATH, or a path. */
  program: string;
  /** Whether the SDK is compiled as it is. */
  compile(folder: string): Ran;
}

/** How a command ended. */
export interface Ran {
  ok: boolean;
  /** The last line that it wrote. */
  last: string;
}

/** Module of the generated SDK for Go, as its own imports have it. */
const goModule = "example.com/pulumi-mesh-federation/sdk/go/mesh-federation";

const compilers: Record<string, Compiler> = {
  nodejs: {
    program: process.execPath,
    compile(folder) {
      const modules = join(folder, "node_modules");
      if (!existsSync(modules)) symlinkSync(join(root, "node_modules"), modules);
      return ran(process.execPath, [join(modules, "typescript", "bin", "tsc"), "--noEmit", "--skipLibCheck"], folder);
    },
  },
  python: {
    program: "python3",
    compile: (folder) => ran("python3", ["-m", "compileall", "-q", "."], folder),
  },
  go: {
    program: "go",
    compile(folder) {
      const sdk = join(folder, "meshfederation");
      writeFileSync(join(sdk, "go.mod"), `module ${goModule}\n\ngo 1.26.0\n`);
      return ran("go", ["build", "./..."], sdk, { GOFLAGS: "-mod=mod -trimpath", CGO_ENABLED: "0" });
    },
  },
  dotnet: { program: "dotnet", compile: (folder) => ran("dotnet", ["build"], folder) },
  java: { program: "gradle", compile: (folder) => ran("gradle", ["--console=plain", "compileJava"], folder) },
};

/** Languages of SDKs. */
export const languages = Object.keys(compilers);

/** Compiles an SDK; `undefined` where the toolchain is not on this machine. */
export function compileSdk(language: string, folder: string): Ran | undefined {
  const { program, compile } = compilers[language]!;
  return spawnSync(program, ["--help"], { stdio: "ignore" }).error ? undefined : compile(folder);
}

/** Runs a command to its end. */
export function ran(command: string, args: string[], cwd: string, env: Record<string, string> = {}): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  const lines = `${stdout}${stderr}`.trim().split("\n");
  return { ok: status === 0, last: error?.message ?? lines.at(-1) ?? "" };
}
