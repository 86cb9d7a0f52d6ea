import { existsSync, lstatSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Findings } from "../federation/errors/userError.ts";
import { writeInOneStep } from "../tools/writeInOneStep.ts";
import { listedFiles, renderedFiles } from "../workspace/renderedFolder.ts";

/** What a run did to a folder; paths from the folder. */
export interface WrittenFiles {
  written: string[];
  deleted: string[];
  unchanged: number;
}

/** The file with the review, beside the meshes' folders. */
export const reviewFile = "REVIEW.md";

/** First line of the review, by which it is known as ours. */
export const reviewTitle = "# Review of the rendered federation";

/**
 * Writes the files of meshes, and deletes those that an earlier run has written and this one has not. Only what the
 * list in a mesh's folder names is overwritten or deleted.
 *
 * @param meshes files by name, by mesh; a mesh without files is one that is gone
 * @throws UserError `render-file-foreign`, before anything is written
 */
export function writeFolder(
  folder: string,
  meshes: ReadonlyMap<string, ReadonlyMap<string, string>>,
  review: string,
): WrittenFiles {
  refuseForeignFiles(folder, meshes);
  const done: WrittenFiles = { written: [], deleted: [], unchanged: 0 };
  for (const [mesh, files] of meshes) {
    const listed = listedFiles(folder, mesh);
    // A run that is killed leaves a list with everything that it may have written.
    writeList(folder, mesh, [...new Set([...listed, ...files.keys()])]);
    for (const [name, text] of files) write(folder, join(mesh, name), text, done);
    for (const name of listed.filter((old) => !files.has(old))) remove(folder, join(mesh, name), done);
    if (files.size > 0) writeList(folder, mesh, [...files.keys()]);
    else removeMesh(folder, mesh);
  }
  write(folder, reviewFile, review, done);
  return done;
}

function refuseForeignFiles(folder: string, meshes: ReadonlyMap<string, ReadonlyMap<string, string>>): void {
  const findings = new Findings();
  const refuse = (path: string): void =>
    findings.add("render-file-foreign", {
      subject: path,
      problem: "exists, and no earlier run has written it",
      remedy: "Move it, or render to another folder",
    });
  for (const [mesh, files] of meshes) {
    const listed = listedFiles(folder, mesh);
    for (const [name, text] of files) {
      const now = textIn(join(folder, mesh, name));
      if (now !== undefined && now !== text && !listed.includes(name)) refuse(join(mesh, name));
    }
  }
  const review = textIn(join(folder, reviewFile));
  if (review !== undefined && !review.startsWith(`${reviewTitle}\n`)) refuse(reviewFile);
  findings.throwIfAny("render-refused", {
    subject: folder,
    problem: "files of somebody else are where manifests would be written, so nothing is written",
    remedy: "Correct the details",
  });
}

function write(folder: string, path: string, text: string, done: WrittenFiles): void {
  if (textIn(join(folder, path)) === text) {
    done.unchanged++;
    return;
  }
  writeInOneStep(join(folder, path), text);
  done.written.push(path);
}

/** Deletes a file. What has taken its place, such as a folder or a link, stays. */
function remove(folder: string, path: string, done: WrittenFiles): void {
  const file = join(folder, path);
  if (!existsSync(file) || !lstatSync(file).isFile()) return;
  rmSync(file);
  done.deleted.push(path);
}

/** Deletes the list of a mesh that is gone, and its folder where nothing else is in it. */
function removeMesh(folder: string, mesh: string): void {
  rmSync(join(folder, mesh, renderedFiles.list), { force: true });
  try {
    rmdirSync(join(folder, mesh));
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function writeList(folder: string, mesh: string, files: string[]): void {
  const text = `${JSON.stringify({ version: 1, files: [...files].sort() }, undefined, 2)}\n`;
  const path = join(folder, mesh, renderedFiles.list);
  if (textIn(path) !== text) writeInOneStep(path, text);
}

/** Text of a file, or undefined when there is none. A folder in its place has a text that no manifest has. */
function textIn(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  return lstatSync(path).isDirectory() ? "" : readFileSync(path, "utf8");
}
