import { readFileSync } from "node:fs";
import { Problem } from "../federation/errors/problem.ts";
import type { Sources } from "../federation/config/sources.ts";
import { releaseSources } from "../federation/config/versions.ts";

/** Names the file that a lab writes to say where its charts and images are; unset on a machine with internet access. */
export const sourcesVariable = "MESH_FEDERATION_SOURCES";

/** Where charts and images come from: the file named by the environment, or the pinned official releases. */
export function readSources(environment: NodeJS.ProcessEnv = process.env): Sources {
  const file = environment[sourcesVariable];
  if (!file) return releaseSources;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Sources;
  } catch (error) {
    throw new Problem(
      `${sourcesVariable} names "${file}", which cannot be read: ${(error as Error).message}. Run \`npm run up\` to write it anew, or unset the variable to use official releases`,
    );
  }
}
