import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiServer } from "../support/apiServer.ts";
import { prepareApiServer } from "./kinds.ts";
import type { Project } from "./project.ts";

/** Brings a stack up, which must succeed. */
export const up = (project: Project, stack: string): Promise<string> =>
  project.must(["up", "--yes", "--skip-preview", "--stack", stack]);

/**
 * Brings up west, and east, which imports from it, in one API server.
 * @param write writes both stack files
 */
export async function upBothMeshes(server: ApiServer, project: Project, write: () => void): Promise<void> {
  await prepareApiServer(server, ["istio-system", "httpbin", "sleep"]);
  writeFileSync(join(project.folder, "kubeconfig"), server.kubeconfig);
  write();
  for (const stack of ["west", "east"]) {
    await project.must(["stack", "init", stack]);
    await up(project, stack);
  }
}
