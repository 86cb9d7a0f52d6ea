import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError, type Finding } from "../federation/errors/userError.ts";
import type { Progress } from "../tools/progress.ts";
import { writeInOneStep } from "../tools/writeInOneStep.ts";
import { pinsIn, withPin } from "./pins.ts";

/** Stack files by name. */
type StackFiles = ReadonlyMap<string, string>;

/** The example that the repository's own stack files are. */
export const defaultExample = "default";

/** Names of the examples of a clone, sorted. Programs in other languages are none: they have no stack files. */
export function exampleNames(root: string): string[] {
  return readdirSync(join(root, "examples"), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    .filter((name) => stackFilesIn(join(root, "examples", name)).size > 0)
    .sort();
}

/**
 * Replaces the files in `stacks/` by those of an example. Roots that `up` has pinned there count as no edit: they stay
 * while the example is up, and go with its next start.
 *
 * @param root folder of the clone
 * @param deployed names of the stacks that have resources
 * @throws UserError where `stacks/` has an edit, which would be lost, or something of another example is up
 */
export function useExample(root: string, name: string, deployed: readonly string[], progress: Progress): void {
  const names = exampleNames(root);
  if (!names.includes(name))
    throw new UserError("arguments-invalid", {
      subject: "--example",
      problem: `"${name}" is not allowed`,
      remedy: `Allowed: ${names.join(", ")}`,
    });
  const present = stackFilesIn(join(root, "stacks"));
  const examples = new Map(names.map((known) => [known, stackFilesIn(join(root, "examples", known))]));
  const wanted = examples.get(name)!;
  const isWanted =
    sameNames(present, wanted) && [...wanted].every(([file, text]) => isUnedited(present.get(file), text));
  if (isWanted && deployed.length > 0) return;
  refuseEdits(present, examples);
  if (deployed.length > 0)
    throw new UserError("example-deployed", {
      subject: `example "${name}"`,
      problem: `stacks of other files are up: ${deployed.join(", ")}`,
      remedy: "Run `npm run down` first",
    });
  const changes = [...wanted].filter(([file, text]) => present.get(file) !== text);
  const removed = [...present.keys()].filter((file) => !wanted.has(file));
  for (const [file, text] of changes) writeInOneStep(join(root, "stacks", file), text);
  for (const file of removed) rmSync(join(root, "stacks", file));
  if (changes.length + removed.length > 0) progress.note(`stacks/ now has the files of example ${name}`);
}

function stackFilesIn(folder: string): StackFiles {
  const names = readdirSync(folder).filter((file) => /^Pulumi\..+\.yaml$/.test(file));
  return new Map(names.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

function sameNames(a: StackFiles, b: StackFiles): boolean {
  return [...a.keys()].join() === [...b.keys()].join();
}

/** @throws UserError that names each file which is not one of an example */
function refuseEdits(present: StackFiles, examples: ReadonlyMap<string, StackFiles>): void {
  const edited = [...present].filter(([file, text]) =>
    [...examples.values()].every((example) => !isUnedited(text, example.get(file))),
  );
  if (edited.length === 0) return;
  const details = edited.map(([file]): Finding => {
    const known = [...examples].flatMap(([name, files]) => (files.has(file) ? [`examples/${name}/${file}`] : []));
    const problem = known.length > 0 ? `differs from ${known.join(" and ")}` : "is in no example";
    return { code: "stack-files-edited", subject: `stacks/${file}`, problem, remedy: "" };
  });
  throw new UserError(
    "stack-files-edited",
    {
      subject: "stacks/",
      problem: "it has edits, which an example would overwrite",
      remedy: "Keep them elsewhere first",
    },
    details,
  );
}

/** Whether a text is that of an example, with or without pinned roots. */
function isUnedited(text: string | undefined, example: string | undefined): boolean {
  if (text === undefined || example === undefined) return false;
  if (text === example) return true;
  const pinned = pinsIn(text).reduce((result, { peer, root }) => withPin(result, peer, root) ?? result, example);
  return text === pinned;
}
