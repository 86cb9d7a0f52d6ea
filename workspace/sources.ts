import { readFileSync } from "node:fs";
import type { ArtifactSources } from "../federation/config/sources.ts";
import { releaseSources } from "../federation/config/versions.ts";
import { UserError } from "../federation/errors/userError.ts";

/** Variable that names the file in which a lab lists its charts and images; unset with official releases. */
export const sourcesVariable = "MESH_FEDERATION_SOURCES";

/**
 * Charts and images: those of the file that the environment names, else the pinned official releases.
 * @throws UserError when the file cannot be read
 */
export function readSources(environment: NodeJS.ProcessEnv = process.env): ArtifactSources {
  const file = environment[sourcesVariable];
  if (!file) return releaseSources;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ArtifactSources;
  } catch (error) {
    const text = {
      subject: sourcesVariable,
      problem: `"${file}" cannot be read: ${(error as Error).message}`,
      remedy: "Run `npm run up` to write it again, or unset the variable to use official releases",
    };
    throw new UserError("artifact-sources-unreadable", text, [], { cause: error });
  }
}
