import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compileDeclarations, compileScripts, packagesInDeclarations } from "./compile.ts";
import { leastNode, versionsOf, type Manifest } from "./manifest.ts";

/** Files of the package that are not compiled, and where the repository has them. */
const copied = {
  LICENSE: "LICENSE",
  "README.md": "docs/library.md",
  // KindCluster reads them beside its script.
  "components/kind/create.sh": "components/kind/create.sh",
  "components/kind/delete.sh": "components/kind/delete.sh",
  "components/kind/start.sh": "components/kind/start.sh",
};

/**
 * Writes the npm package into a folder, in place of what is there.
 * @param root the repository
 * @param folder the package's folder
 * @throws Error with the compiler's messages
 */
export function writePackage(root: string, folder: string): void {
  const { files, packages } = compileScripts(root);
  const declarations = compileDeclarations(root);
  const needed = [...packages, ...packagesInDeclarations(declarations.values())];
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of [...files, ...declarations]) write(path, text);
  write("package.json", `${JSON.stringify(manifest(own, new Set(needed)), null, 2)}\n`);
  for (const [path, source] of Object.entries(copied)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(root, source), join(folder, path));
  }
}

/** package.json of the package. Packages of Pulumi are peers: a program has one version of each. */
function manifest(own: Manifest, needed: ReadonlySet<string>): object {
  const versions = (areWanted: (name: string) => boolean) => versionsOf(own, [...needed].filter(areWanted));
  const isPulumi = (name: string): boolean => name.startsWith("@pulumi/");
  const entry = (path: string): object => ({ types: `./${path}.d.ts`, default: `./${path}.js` });
  return {
    name: "pulumi-mesh-federation",
    version: own.version,
    description: "Pulumi components that federate Istio meshes, and the model behind them",
    keywords: ["pulumi", "istio", "kubernetes", "federation", "multicluster", "service-mesh"],
    license: own.license,
    type: "module",
    // For compilers and tools that do not read `exports`.
    main: "./components/index.js",
    types: "./components/index.d.ts",
    exports: {
      ".": entry("components/index"),
      "./federation": entry("federation/index"),
      "./package.json": "./package.json",
    },
    sideEffects: false,
    engines: { node: leastNode },
    dependencies: versions((name) => !isPulumi(name)),
    peerDependencies: versions(isPulumi),
  };
}
