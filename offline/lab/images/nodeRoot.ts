import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { BuildContext } from "../../../tools/artifact.ts";
import { VERSIONS } from "./names.ts";

/** Folder of the scripts, units and manifests that make a Debian root file system a node. */
export const NODE_FILES = join(import.meta.dirname, "../node");

/** Contents of a node image: folders of built programs and of the Debian root file system. */
export interface NodeContents {
  debian: string;
  kubernetes: string;
  cni: string;
  node: string;
}

/** Units without use in a container, or that would compete for the host's devices and clock. */
const MASKED = [
  "systemd-binfmt.service",
  "systemd-udevd.service",
  "systemd-udev-trigger.service",
  "systemd-modules-load.service",
  "systemd-logind.service",
  "getty.target",
  "console-getty.service",
  "systemd-networkd.service",
  "systemd-timesyncd.service",
  "e2scrub_all.timer",
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "dpkg-db-backup.timer",
  "fstrim.timer",
];

/**
 * Assembles the root file system of a node that kind accepts: systemd, containerd, kubelet, kubeadm, kubectl, the
 * pod network's programs, and the manifests kind applies. The requirements of kind:
 * https://github.com/kubernetes-sigs/kind/blob/v0.33.0/images/base/Dockerfile
 */
export async function assembleNode(ctx: BuildContext, root: string, from: NodeContents): Promise<void> {
  await ctx.run("cp", ["-a", from.debian, root]);
  const put = (source: string, target: string, mode = 0o644): void => {
    const file = join(root, target);
    mkdirSync(dirname(file), { recursive: true });
    copyFileSync(source, file);
    chmodSync(file, mode);
  };
  put(join(NODE_FILES, "entrypoint"), "/usr/local/bin/entrypoint", 0o755);
  put(join(from.node, "bounded"), "/usr/local/sbin/bounded", 0o755);
  put(join(NODE_FILES, "containerd.toml"), "/etc/containerd/config.toml");
  for (const program of ["kubelet", "kubeadm", "kubectl"])
    put(join(from.kubernetes, program), `/usr/bin/${program}`, 0o755);
  for (const plugin of readdirSync(from.cni)) put(join(from.cni, plugin), `/opt/cni/bin/${plugin}`, 0o755);
  for (const manifest of ["default-cni.yaml", "default-storage.yaml"])
    put(join(NODE_FILES, manifest), `/kind/manifests/${manifest}`);
  writeFileSync(join(root, "kind/version"), `v${VERSIONS.kubernetes}`);
  for (const dir of ["etc/kubernetes/manifests", "etc/cni/net.d"]) mkdirSync(join(root, dir), { recursive: true });
  units(root, put);
}

function units(root: string, put: (source: string, target: string) => void): void {
  const system = join(root, "etc/systemd/system");
  const vendor = join(root, "lib/systemd/system");
  for (const unit of ["containerd.service", "kubelet.service", "kubelet.slice"])
    put(join(NODE_FILES, unit), `/etc/systemd/system/${unit}`);
  for (const wants of readdirSync(system).filter((name) => name.endsWith(".wants")))
    rmSync(join(system, wants), { recursive: true });
  for (const wants of ["multi-user.target.wants", "local-fs.target.wants", "basic.target.wants"])
    rmSync(join(vendor, wants), { recursive: true, force: true });
  for (const socket of readdirSync(join(vendor, "sockets.target.wants"))) {
    if (/udev|initctl/.test(socket)) rmSync(join(vendor, "sockets.target.wants", socket));
  }
  rmSync(join(vendor, "sysinit.target.wants/systemd-tmpfiles-setup.service"), { force: true });
  mkdirSync(join(system, "multi-user.target.wants"));
  for (const unit of ["containerd.service", "kubelet.service"])
    symlinkSync(`/etc/systemd/system/${unit}`, join(system, "multi-user.target.wants", unit));
  for (const unit of MASKED) {
    rmSync(join(system, unit), { force: true });
    symlinkSync("/dev/null", join(system, unit));
  }
  writeFileSync(
    join(root, "etc/default/kubelet"),
    "KUBELET_EXTRA_ARGS=--runtime-cgroups=/system.slice/containerd.service\n",
  );
  appendFileSync(join(root, "etc/systemd/journald.conf"), "ReadKMsg=no\n"); // the kernel log is the host's
  if (!existsSync(join(root, "sbin/init"))) symlinkSync("/lib/systemd/systemd", join(root, "sbin/init"));
}
