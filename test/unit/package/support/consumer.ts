import { execFile, execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const root = join(__dirname, "../../../..");
export const packageName = "pulumi-mesh-federation";

/** What the package leaves to the program, and what it depends on. */
export const pulumiPackages = ["@pulumi/command", "@pulumi/kubernetes", "@pulumi/pulumi", "@pulumi/tls"];
export const ownPackages = ["@peculiar/asn1-csr", "@peculiar/asn1-schema", "@peculiar/asn1-x509", "yaml", "zod"];

/** Runs a program of this Node or another; gives back its output, or throws with its errors. */
export function run(file: string, words: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(file, words, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout),
    ),
  );
}

/** Builds the packages, packs the library, and unpacks the tarball below `folder`. */
export async function packedPackage(folder: string): Promise<string> {
  const built = await builtPackages(folder);
  return packed(join(built, "package"), folder);
}

/** Builds the packages: folders `package` and `create` of the folder that it gives back. */
export async function builtPackages(folder: string): Promise<string> {
  const built = join(folder, "built");
  await run(process.execPath, ["tools/buildPackage.ts", built], root);
  return built;
}

/** Packs a package, and unpacks the tarball below `folder`. */
export function packed(package_: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const answer = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--offline", "--pack-destination", folder], {
      cwd: package_,
      encoding: "utf8",
      stdio: "pipe",
    }),
  ) as { filename: string }[] | Record<string, { filename: string }>;
  const [{ filename }] = Object.values(answer) as [{ filename: string }];
  execFileSync("tar", ["-xzf", join(folder, filename), "-C", folder]);
  return join(folder, "package");
}

/**
 * A folder with the unpacked package and this repository's copies of other packages in node_modules.
 * @param files texts by path
 */
export function consumer(folder: string, unpacked: string, others: string[], files: Record<string, string>): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  // Not a link: Node finds the other packages from where a file really is.
  execFileSync("cp", ["-r", unpacked, join(modules, packageName)]);
  for (const name of others) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The programs in docs/library.md, in order. */
export const documentedPrograms = (): string[] =>
  [...readFileSync(join(root, "docs/library.md"), "utf8").matchAll(/```ts\n([^]*?)```/g)].map(([, text]) => text!);

/** All files below a folder with their texts. */
export const textsIn = (folder: string): Map<string, string> =>
  new Map(
    globSync("**/*", { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );
