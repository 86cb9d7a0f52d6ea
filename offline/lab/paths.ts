import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";

/** Paths of the lab of one clone. They all derive from the clone's path, so the labs of two clones share nothing. */
export interface LabPaths {
  /** Real path of the clone. */
  root: string;
  /** `meshfed-` and 8 hex digits of the clone's path: name of the network namespace and control group. */
  id: string;
  /** The network namespace as a file. */
  netns: string;
  /**
   * Sockets and other files that a reboot invalidates. Under /run, because the path of a Unix socket has at most
   * 107 bytes (unix(7)).
   */
  run: string;
  socket: string;
  /** File that names the process of the engine. */
  record: string;
  /** Generated files in the clone, not in git. */
  federation: string;
  /** The engine's data (images, containers, volumes), settings and log. */
  engine: string;
  data: string;
  log: string;
}

/** @throws when `root` does not exist */
export function labPaths(root: string): LabPaths {
  const real = realpathSync(root);
  const id = `meshfed-${createHash("sha256").update(real).digest("hex").slice(0, 8)}`;
  const federation = join(real, ".federation");
  return pathsAt({ root: real, id, federation, engine: join(federation, "engine") });
}

/** Paths with another name or folder than those of a clone, for the engine of a build. */
export function pathsAt(at: Pick<LabPaths, "root" | "id" | "federation" | "engine">): LabPaths {
  const run = `/run/${at.id}`;
  return {
    ...at,
    run,
    netns: `/run/netns/${at.id}`,
    socket: join(run, "docker.sock"),
    record: join(run, "engine.json"),
    data: join(at.engine, "data"),
    log: join(at.engine, "log"),
  };
}
