import type { Progress } from "./progress.ts";

/** A running lab: a Docker engine for KinD in a network namespace without a route out. One per clone. */
export interface Lab {
  /** argv prefix that runs a program in the lab's network, the only one that reaches its clusters. */
  enter: string[];
  /** Variables for docker, kind and every client of the clusters. */
  env: Record<string, string>;
}

/** Tools that are built from package registries. */
export interface BuiltTools {
  /** Folder with `pulumi`, its Node language host and `kind`. */
  bin: string;
  /** Helm, which the stand-in kubernetes plugin runs. */
  helm: string;
}

/**
 * What the workspace `offline` offers: tools, plugins and clusters for a machine that reaches package registries only.
 * It is reached by {@link loadOffline} alone.
 */
export interface Offline {
  /** Builds the tools that the cache lacks. */
  ensureTools(progress: Progress): Promise<BuiltTools>;
  /** Builds the generator of SDKs: `<program> <schema> <language> <folder>`. Returns its path. */
  ensureSdkGenerator(progress: Progress): Promise<string>;
  /**
   * Installs launchers of the stand-in plugins into a Pulumi home. Returns the plugins they replace, as `name version`.
   */
  installStandIns(helm: string, pulumiHome: string): string[];
  /** Checks that the machine can run a lab, and installs missing Debian packages. Throws with what is missing. */
  ensurePrerequisites(progress: Progress): Promise<void>;
  /** Starts the lab of the clone at `root`, or does nothing where it runs. */
  startLab(root: string, progress: Progress): Promise<Lab>;
  /** Stops the lab of the clone at `root` and deletes its data. */
  stopLab(root: string, progress: Progress): Promise<void>;
  /** The running lab of the clone at `root`. */
  findLab(root: string): Promise<Lab | undefined>;
  /** Whether the clone at `root` has a lab: one that runs, or a stopped one with clusters in its data. */
  hasLab(root: string): boolean;
}

/** Loads the workspace `offline`. It is loaded on demand: with official releases, nothing of it is needed. */
export function loadOffline(): Promise<Offline> {
  return import("../offline/index.ts");
}
