import { ensureToolchain, installPlugins, type Toolchain } from "../toolchain/index.ts";
import { consoleProgress, type Progress } from "../toolchain/progress.ts";
import { chooseSource } from "../toolchain/source.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mkdirSync } from "node:fs";
import { paths, readIfThere, root } from "./workspace.ts";

/** Remembers which source a clone was brought up with: what is up must be handled with the same tools. */
const choiceFile = join(paths.own, "source");

/**
 * Chooses the source (anew with `announce`, else the remembered one), and makes tools and plugins ready.
 * @param announce says which source was chosen and why, as `up` does
 */
export async function prepareTools(options: { forced?: string; announce?: boolean; progress?: Progress } = {}): Promise<Toolchain> {
  const progress = options.progress ?? consoleProgress();
  const remembered = options.announce || options.forced ? undefined : readIfThere(choiceFile)?.trim();
  const choice = await chooseSource(options.forced ?? remembered);
  if (options.announce || !remembered) progress.note(choice.why);
  const tools = await ensureToolchain(choice.source, progress);
  mkdirSync(paths.own, { recursive: true });
  writeFileSync(choiceFile, `${choice.source}\n`);
  await installPlugins(tools, paths.home, root, options.announce ? progress : { ...progress, note: () => undefined });
  return tools;
}
