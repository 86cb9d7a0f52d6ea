import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";

/** Where the lab of one clone keeps its things. Every path follows from the clone's, so two clones never meet. */
export interface Place {
  /** Real path of the clone. */
  root: string;
  /** `meshfed-` and 8 hex digits of the clone's path: name of network namespace and control group. */
  id: string;
  /** The network namespace as a file. */
  netns: string;
  /**
   * Sockets and everything else that means nothing after a reboot. It is under /run whatever the clone's path,
   * because the path of a Unix socket ends at 107 bytes (unix(7)).
   */
  run: string;
  socket: string;
  /** Which process is the engine. */
  record: string;
  /** What the project makes in the clone, not in git. */
  federation: string;
  /** The engine's data (images, containers, volumes), settings and log. */
  engine: string;
  data: string;
  log: string;
}

/** @throws when `root` does not exist */
export function placeOf(root: string): Place {
  const real = realpathSync(root);
  const id = `meshfed-${createHash("sha256").update(real).digest("hex").slice(0, 8)}`;
  const federation = join(real, ".federation");
  return placeAt({ root: real, id, federation, engine: join(federation, "engine") });
}

/** A place with another name or folder than a clone's, for an engine that lives only during a build. */
export function placeAt(at: Pick<Place, "root" | "id" | "federation" | "engine">): Place {
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
