import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findingText, UserError } from "../federation/errors/userError.ts";
import { ensureToolchain, installPlugins, type Toolchain } from "../tools/index.ts";
import { consoleProgress, type Progress } from "../tools/progress.ts";
import {
  chooseSource,
  parseSource,
  releaseHosts,
  sourceVariable,
  type ChartUse,
  type Choice,
  type Probe,
  type Source,
} from "../tools/source.ts";
import { chartUse } from "./chartUse.ts";
import { repairBackend } from "./repairBackend.ts";
import { deployedStacks } from "./state.ts";
import { checkBackend, makeOwnFolder, paths, readIfThere } from "./workspace.ts";

/** Remembers which source a clone was brought up with: what is up must be handled with the same tools. */
const choiceFile = join(paths.own, "source");

/**
 * Chooses the source, and makes tools, plugins and the clone's own backend ready. Throws before anything else where the
 * backend that a CI job must have was not given.
 * @param forced value of `--source`
 * @param announce reports the chosen source and the reason, and chooses again when nothing is up
 * @param before called with the source before anything is downloaded or built, to find out what the machine lacks
 */
export async function prepareTools(
  options: {
    forced?: string;
    announce?: boolean;
    progress?: Progress;
    before?: (source: Source) => Promise<void>;
  } = {},
): Promise<Toolchain> {
  checkBackend();
  const progress = options.progress ?? consoleProgress();
  const remembered = rememberedSource();
  const choice = await chooseFor({
    forced: options.forced,
    variable: process.env[sourceVariable],
    remembered,
    fresh: options.announce === true,
    up: deployedStacks(),
    charts: chartUse(),
  });
  if (options.announce || !remembered) progress.note(choice.why);
  for (const warning of choice.warnings ?? []) progress.note(`warning: ${findingText(warning)}`);
  await options.before?.(choice.source);
  // Before the first file in it: the downloads are recorded there.
  makeOwnFolder();
  const tools = await ensureToolchain(choice.source, progress);
  if (choice.source !== remembered) writeFileSync(choiceFile, `${choice.source}\n`);
  await installPlugins(tools, paths.home, progress, options.announce === true);
  for (const file of repairBackend(paths.state))
    progress.note(
      `${basename(file)}: an earlier run was stopped while it wrote this file of the state; what stood in it ` +
        `before is used`,
    );
  return tools;
}

/** The source that this clone used last; undefined before its first run. */
export function rememberedSource(): Source | undefined {
  const text = readIfThere(choiceFile)?.trim();
  return text === "release" || text === "registry" ? text : undefined;
}

/** What a choice depends on. */
export interface Situation {
  /** Value of `--source`. */
  forced?: string | undefined;
  /** Value of {@link sourceVariable}; empty is as good as none. */
  variable?: string | undefined;
  remembered?: Source | undefined;
  /** Whether to look at the machine again when nothing is up. */
  fresh: boolean;
  /** Stacks of this clone that have resources. */
  up: string[];
  /** Which charts come from the default repositories. Default: all. */
  charts?: ChartUse;
}

/** The source for a clone. Throws when another is asked for than the one that what is up was made with. */
export async function chooseFor(
  { forced, variable, remembered, fresh, up, charts }: Situation,
  probe?: Probe,
): Promise<Choice> {
  // What is up was made with what is remembered, and every command but `up` is about that.
  const chosen = remembered !== undefined && up.length > 0 && !fresh ? undefined : variable || undefined;
  const by = forced === undefined && chosen ? sourceVariable : "--source";
  const asked = parseSource(forced ?? chosen, by);
  if (asked && remembered && asked !== remembered && up.length > 0)
    throw new UserError("source-conflict", {
      subject: by,
      problem: `${asked} is requested, but ${up.join(", ")} came up with --source ${remembered}`,
      remedy: "Run `npm run down` first: clusters are managed by the tools that created them",
    });
  const nothingNew = !asked || (by === sourceVariable && asked === remembered);
  if (nothingNew && remembered && (!fresh || up.length > 0))
    return {
      source: remembered,
      why:
        `source: ${remembered}, as before: ` +
        (up.length > 0 ? `${up.join(", ")} came up with it` : "this clone used it last"),
    };
  return chooseSource(asked, probe, by, releaseHosts(charts));
}
