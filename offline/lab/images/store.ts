import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildContext } from "../../../tools/artifact.ts";
import { killWithParent } from "../killWithParent.ts";
import { writeArchive, type Image } from "./archive.ts";

/** Folder of the unpacked layers, outside /var: kind makes /var a volume, which the engine fills by copying. */
const LAYERS = "/usr/share/lab-layers";
const CONTAINERD = "/var/lib/containerd";
const SNAPSHOTS = "io.containerd.snapshotter.v1.overlayfs/snapshots";

/**
 * Unpacks `images` into the containerd store of the node with root file system `root`, so that a node starts without
 * copying or unpacking images. containerd does the import, in a mount namespace of its own. Afterwards each layer's
 * folder moves to {@link LAYERS}, behind a symbolic link, and the packed layers are removed.
 *
 * @throws when containerd does not start or refuses the archive, with the end of its log
 */
export async function fillStore(ctx: BuildContext, work: string, root: string, images: Image[]): Promise<void> {
  const archive = join(work, "archive");
  writeArchive(archive, images);
  const store = join(root, CONTAINERD);
  mkdirSync(store, { recursive: true });
  const config = join(work, "containerd.toml");
  writeFileSync(config, `version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n`);
  const [command, ...args] = killWithParent(
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "sh",
    "-euc",
    IMPORT,
  );
  await ctx.run(command!, args, {
    env: {
      CONFIG: config,
      STORE: store,
      ARCHIVE: archive,
      LOG: join(work, "containerd.log"),
      LAYERS: uniqueLayers(images).join(" "),
    },
  });
  for (const id of readdirSync(join(store, SNAPSHOTS))) moveSnapshot(root, id);
  rmSync(archive, { recursive: true });
}

/** State and socket live in a temporary file system of the private mount namespace: socket paths must be short. */
const IMPORT = `
mount -t tmpfs tmpfs /mnt
containerd --config "$CONFIG" --root "$STORE" --state /mnt/state --address /mnt/s >"$LOG" 2>&1 &
fail() { tail -n 5 "$LOG" >&2; exit 1; }
tries=0
until ctr -a /mnt/s version >/dev/null 2>&1; do
  tries=$((tries + 1)); [ $tries -lt 100 ] || fail
  sleep 0.1
done
tar -C "$ARCHIVE" -cf - . | ctr -a /mnt/s -n k8s.io images import --digests - || fail
ctr -a /mnt/s -n k8s.io content rm $LAYERS >/dev/null || fail
ctr -a /mnt/s -n k8s.io content prune references >/dev/null 2>&1 || true
kill -TERM $! && wait $! || true
`;

function uniqueLayers(images: Image[]): string[] {
  return [...new Set(images.flatMap((image) => image.layers.map((layer) => `sha256:${layer.digest}`)))];
}

function moveSnapshot(root: string, id: string): void {
  const snapshot = join(root, CONTAINERD, SNAPSHOTS, id);
  const target = join(LAYERS, id);
  mkdirSync(join(root, LAYERS), { recursive: true });
  renameSync(join(snapshot, "fs"), join(root, target));
  symlinkSync(target, join(snapshot, "fs"));
  // Committed layers do not change.
  if (existsSync(join(snapshot, "work"))) rmSync(join(snapshot, "work"), { recursive: true });
}
