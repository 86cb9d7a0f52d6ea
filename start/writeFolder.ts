import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../federation/errors/userError.ts";

/** Throws where a folder that a command is to make has files: they may be somebody's work. */
export function checkFolder(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new UserError("out-folder-not-empty", {
    subject: folder,
    problem: "it has files, which the command would overwrite",
    remedy: "Give --out a folder that is empty or does not exist",
  });
}

/** Writes files into a folder, by path. */
export function writeFolder(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
