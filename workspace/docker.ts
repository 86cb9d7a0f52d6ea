import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { UserError } from "../federation/errors/userError.ts";
import type { Progress } from "../tools/progress.ts";

/** How long the engine may take to say its version, in milliseconds. */
const versionTimeout = 20_000;

/**
 * Makes sure that KinD clusters can be made: throws when the docker engine does not answer, with docker's own words.
 * @param clusters names of the meshes that have one; without any, docker is not asked
 */
export async function ensureDocker(clusters: string[], progress: Progress): Promise<void> {
  if (clusters.length === 0) return;
  const said = await dockerProblem();
  if (said !== undefined)
    throw new UserError("docker-unavailable", {
      subject: "docker",
      problem: `meshes ${clusters.join(", ")} run in KinD clusters, which need a running docker engine: ${said}`,
      remedy:
        "Start docker (or install it: https://docs.docker.com/engine/install/) and run the same command again; " +
        "or use existing clusters (cluster.provider: existing); or, on Debian as root, --source registry",
    });
  const warning = watchWarning(clusters.length, watchLimit());
  if (warning) progress.note(warning);
}

/** Why no docker engine answers, in docker's own words; undefined when one does. */
export async function dockerProblem(): Promise<string | undefined> {
  try {
    await promisify(execFile)("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: versionTimeout });
    return undefined;
  } catch (error) {
    const { code, killed, stderr, message } = error as Error & {
      code?: string | number;
      killed?: boolean;
      stderr?: string;
    };
    return code === "ENOENT"
      ? "there is no program docker on the PATH"
      : killed
        ? `it did not answer in ${versionTimeout / 1000} s`
        : stderr?.trim() || message;
  }
}

/** Instances of inotify that a node takes, and those of the rest of a system. */
const watchesPerNode = 40;
const watchesElsewhere = 40;

/**
 * A warning where the kernel's limit of inotify instances leaves a kubelet without ("too many open files").
 * https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files
 * @param limit undefined when unknown
 */
export function watchWarning(clusters: number, limit: number | undefined): string | undefined {
  const needed = clusters * watchesPerNode + watchesElsewhere;
  if (limit === undefined || limit >= needed) return undefined;
  return (
    `warning: fs.inotify.max_user_instances is ${limit}, and ${clusters} clusters need about ${needed}; if pods ` +
    `fail with "too many open files", raise it: sudo sysctl -w fs.inotify.max_user_instances=1024`
  );
}

function watchLimit(): number | undefined {
  try {
    return Number(readFileSync("/proc/sys/fs/inotify/max_user_instances", "utf8"));
  } catch {
    return undefined;
  }
}
