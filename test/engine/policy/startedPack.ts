import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "..", "..", "..");

/** A runtime that no language host is for. */
const runtime = "node-pack";

/**
 * The policy pack in a form that this engine starts. The Node language host of the package registries is too old to
 * start packs (no RunPlugin), but for a runtime without a language host the engine runs the program
 * `pulumi-analyzer-policy-RUNTIME` from the path, as it did with every pack before. So only the runtime's name in
 * `PulumiPolicy.yaml` differs from what is shipped; that program is the SDK's own runner, as in the official host.
 */
export class StartedPack {
  readonly folder: string;
  private readonly bin: string;

  /** @param scratch folder to write into */
  constructor(scratch: string) {
    this.folder = join(scratch, "pack");
    this.bin = join(scratch, "pack-bin");
    cpSync(join(root, "policy"), this.folder, { recursive: true, filter: (file) => !file.endsWith("node_modules") });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    const manifest = join(this.folder, "PulumiPolicy.yaml");
    const shipped = readFileSync(manifest, "utf8");
    if (!/^runtime: nodejs$/m.test(shipped))
      throw new Error(`policy/PulumiPolicy.yaml has another runtime than "nodejs": ${shipped}`);
    writeFileSync(manifest, shipped.replace(/^runtime: nodejs$/m, `runtime: ${runtime}`));
    mkdirSync(this.bin);
    const runner = join(root, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    writeFileSync(
      join(this.bin, `pulumi-analyzer-policy-${runtime}`),
      `#!/bin/sh\nexec '${process.execPath}' --disable-warning=ExperimentalWarning '${runner}' "$@"\n`,
      { mode: 0o755 },
    );
  }

  /** The path for the engine's environment. */
  get path(): string {
    return [this.bin, process.env["MESH_FEDERATION_TEST_PULUMI"], process.env["PATH"]].join(delimiter);
  }
}
