import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { BuildContext } from "../../../tools/artifact.ts";
import { identityOf } from "../../../tools/processes.ts";
import { killWithParent } from "../killWithParent.ts";
import { docker } from "../engine/dockerApi.ts";
import { startDaemon, stopDaemon } from "../engine/daemon.ts";
import { pathsAt } from "../paths.ts";
import { writeArchive } from "./archive.ts";
import { tarLayer } from "./layer.ts";
import { IMAGES } from "./names.ts";

/** Folders of an engine's data that contain an image (storage driver overlay2). */
export const TEMPLATE_FOLDERS = ["image", "overlay2"] as const;

/** Prefix of the names of build engines; the builder's pid follows. */
const BUILD_ENGINE = "meshfed-build-";

/**
 * Creates the node image of the root file system `root` and stores it as the data of an engine that loaded it. A later
 * engine gets it by hard links in a second, without reading an archive of more than a gigabyte.
 *
 * @param into folder for {@link TEMPLATE_FOLDERS}
 * @param runtime the OCI runtime `bounded`
 */
export async function buildTemplate(
  ctx: BuildContext,
  work: string,
  root: string,
  into: string,
  runtime: string,
): Promise<void> {
  const layer = await tarLayer(ctx, root, join(work, "node.tar"));
  const archive = join(work, "node-archive");
  writeArchive(archive, [
    {
      names: [IMAGES.node],
      layers: [layer],
      config: {
        Entrypoint: ["/usr/local/bin/entrypoint", "/sbin/init"],
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "container=docker"],
        StopSignal: "SIGRTMIN+3", // systemd's signal to halt (systemd(1))
      },
    },
  ]);
  rmSync(root, { recursive: true });
  removeBuildFolders();
  const paths = pathsAt({
    root: work,
    id: `${BUILD_ENGINE}${process.pid}`,
    federation: work,
    engine: join(work, "engine"),
  });
  const engine = await startDaemon(paths, killWithParent("unshare", "--net"), runtime);
  try {
    await ctx.run("sh", ["-ec", 'tar -C "$0" -cf - . | docker -H "unix://$1" load', archive, paths.socket]);
    await docker(paths.socket, "GET", `/images/${IMAGES.node}/json`);
  } finally {
    await stopDaemon(engine);
    rmSync(paths.run, { recursive: true, force: true });
  }
  mkdirSync(into, { recursive: true });
  for (const folder of TEMPLATE_FOLDERS) renameSync(join(paths.data, folder), join(into, basename(folder)));
}

/** Removes the folders that killed builds left under /run. Their engines ended with them. */
export function removeBuildFolders(): void {
  for (const name of readdirSync("/run").filter((entry) => entry.startsWith(BUILD_ENGINE))) {
    if (!identityOf(Number(name.slice(BUILD_ENGINE.length))))
      rmSync(join("/run", name), { recursive: true, force: true });
  }
}
