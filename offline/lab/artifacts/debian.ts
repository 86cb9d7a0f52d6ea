import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../../../tools/artifact.ts";
import { dyingWithUs } from "../dyingWithUs.ts";
import { debianMirror } from "../prerequisites.ts";

/** The Debian release that the root file systems are of. Its Python is the one the httpbin closure is for. */
const SUITE = "bookworm";

/** What pods need: the pod network's tools, a client to look around with, and Python for httpbin. */
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

/** Folders whose content no container needs, and files of the machine that built the file system. */
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

/** Root file system of a node, without what the lab adds. */
export const debianNode = rootFileSystem("debian-node", [...BASE, ...NODE], 110);

/**
 * A root file system of Debian packages in the versions that the machine's own mirror has; they are kept until another
 * package is wanted.
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
      // Its mounts and its processes end with it.
      const [command, ...args] = dyingWithUs(
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
