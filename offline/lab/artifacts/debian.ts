import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../../../tools/artifact.ts";
import { killWithParent } from "../killWithParent.ts";
import { debianMirror } from "../prerequisites.ts";

/** The Debian release of the root file systems. The packages of httpbin are for its Python. */
const SUITE = "bookworm";

/** Packages for pods: the pod network's tools and clients for diagnosis. */
const BASE = ["ca-certificates", "iptables", "curl", "jq", "iproute2", "conntrack", "kmod", "procps"];
const NODE = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "containerd",
  "runc",
  "nftables",
  "ethtool",
  "socat",
  "util-linux",
  "mount",
  "hostname",
  "libseccomp2",
  "e2fsprogs",
];

/** Folders that no container needs, and files of the machine that built the file system. */
const EMPTIED = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "usr/share/info",
  "usr/share/lintian",
  "var/lib/apt/lists",
  "var/cache/apt",
  "var/log",
];
const REMOVED = ["etc/hostname", "etc/resolv.conf", "etc/apt/sources.list"];

/** Root file system of every pod image that has a shell. */
export const debianBase = rootFileSystem("debian-base", [...BASE, "python3"], 85);

/** Root file system of a node, without the files that the lab adds. */
export const debianNode = rootFileSystem("debian-node", [...BASE, ...NODE], 110);

/**
 * A root file system of Debian packages, in the versions of the machine's mirror at the time of the build. It is built
 * again when the list of packages changes.
 */
function rootFileSystem(name: string, packages: string[], expectedSeconds: number): Artifact {
  return {
    name,
    inputs: { suite: SUITE, packages: packages.join(","), trimmed: [...EMPTIED, ...REMOVED].join(",") },
    expectedSeconds,
    async build({ dir, run, log }) {
      const root = join(dir, "root");
      const debootstrap = [
        "debootstrap",
        "--variant=minbase",
        `--include=${packages.join(",")}`,
        SUITE,
        root,
        debianMirror(),
      ];
      log("debootstrap");
      // Its mounts and processes end with this process.
      const [command, ...args] = killWithParent(
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
        ...debootstrap,
      );
      await run(command!, args, {
        env: { LC_ALL: "C", PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
      });
      for (const folder of EMPTIED) empty(join(root, folder));
      for (const file of REMOVED) rmSync(join(root, file), { force: true });
    },
  };
}

function empty(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { recursive: true });
}
