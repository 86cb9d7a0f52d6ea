import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { packagesOf } from "./compile.ts";
import { leastNode, versionsOf, type Manifest } from "./manifest.ts";

/** Name of the package; `npm create pulumi-mesh-federation` looks for it. https://docs.npmjs.com/cli/v11/commands/npm-init */
export const createPackage = "create-pulumi-mesh-federation";

/** Its program, which is one file. */
const script = "create.js";

/** Files that are not compiled, and where the repository has them. */
const copied = { LICENSE: "LICENSE", "README.md": "tools/package/create.md" };

/**
 * Writes the npm package with the commands `init` and `adopt` into a folder, in place of what is there. It depends on
 * what these two import.
 * @param root the repository
 * @throws Error with the bundler's messages
 */
export function writeCreatePackage(root: string, folder: string): void {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: ["cli/create.ts"],
    outfile: join(root, "dist/create", script),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22.12",
    packages: "external",
    banner: { js: "#!/usr/bin/env node" },
    minify: true,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const manifest = {
    name: createPackage,
    version: own.version,
    description: "Starts a Pulumi project that federates existing Istio meshes",
    keywords: ["pulumi", "istio", "kubernetes", "federation", "multicluster", "service-mesh"],
    license: own.license,
    type: "module",
    bin: { [createPackage]: `./${script}` },
    engines: { node: leastNode },
    dependencies: versionsOf(own, packagesOf(metafile)),
  };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(join(folder, script)), { recursive: true });
  writeFileSync(join(folder, script), outputFiles[0]!.text);
  chmodSync(join(folder, script), 0o755);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const [path, source] of Object.entries(copied)) copyFileSync(join(root, source), join(folder, path));
}
