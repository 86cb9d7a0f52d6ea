import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../../tools/progress.ts";
import { run } from "../../tools/run.ts";

/** Programs that the lab needs, with their Debian packages. */
const PROGRAMS: Record<string, string> = {
  debootstrap: "debootstrap",
  dockerd: "docker.io",
  docker: "docker.io",
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  iptables: "iptables",
  ip: "iproute2",
  nsenter: "util-linux",
  unshare: "util-linux",
  setpriv: "util-linux",
  unzip: "unzip",
  pip3: "python3-pip",
};

/** Folders searched for programs after PATH: a user's PATH often lacks them. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** The Debian packages whose programs `has` does not find. */
export function missingPackages(has: (program: string) => boolean): string[] {
  return [
    ...new Set(
      Object.entries(PROGRAMS)
        .filter(([program]) => !has(program))
        .map(([, name]) => name),
    ),
  ];
}

/**
 * Checks that the machine can run a lab: Linux on x86-64, root, Debian. Installs missing Debian packages. The engine of
 * a new docker.io package is not started: the lab runs its own.
 *
 * @throws with what is missing and what to do
 */
export async function ensurePrerequisites(progress: Progress): Promise<void> {
  const instead =
    "use existing clusters (cluster.provider: existing), " +
    "or a machine with docker and internet access (--source release)";
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `the lab needs Linux on x86-64, and this is ${process.platform} on ${process.arch}. Instead, ${instead}`,
    );
  }
  if (process.getuid?.() !== 0)
    throw new Error(
      `the lab needs root, because it runs an engine in namespaces of its own. Retry as root (sudo), or ${instead}`,
    );
  raiseWatchLimit(progress);
  const packages = missingPackages(isInstalled);
  if (packages.length === 0) return;
  if (!isInstalled("apt-get"))
    throw new Error(`the lab needs ${packages.join(", ")}, and apt-get is not available. Install them, or ${instead}`);
  const step = progress.step(`install the Debian packages ${packages.join(", ")} on this machine`, 60);
  const env = { DEBIAN_FRONTEND: "noninteractive", ...(existsSync("/usr/sbin/policy-rc.d") ? {} : { RUNLEVEL: "1" }) };
  try {
    await run("apt-get", ["update", "-q"], { env });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], { env });
    step.done();
  } catch (error) {
    step.fail(error);
    throw new Error(
      `the lab needs the Debian packages ${packages.join(", ")}, and their installation failed. ` +
        `Install them (apt-get install ${packages.join(" ")}) and retry. ${(error as Error).message}`,
    );
  }
}

/** The kernel's limit of inotify instances per user. */
const WATCH_LIMIT = "/proc/sys/fs/inotify/max_user_instances";

/** A node takes about forty. With the usual 128, the third cluster's kubelet fails ("too many open files"). */
const WATCHES = 1024;

/** Raises the kernel's limit of inotify instances until the next boot. Throws when that fails. */
function raiseWatchLimit(progress: Progress): void {
  const now = Number(readFileSync(WATCH_LIMIT, "utf8"));
  if (now >= WATCHES) return;
  try {
    writeFileSync(WATCH_LIMIT, String(WATCHES));
    progress.note(
      `raised fs.inotify.max_user_instances from ${now} to ${WATCHES} until the next boot, for the lab's clusters`,
    );
  } catch (error) {
    throw new Error(
      `the lab's clusters need fs.inotify.max_user_instances of at least ${WATCHES}. It is ${now}, and setting it ` +
        `failed (${(error as Error).message}). Run \`sysctl -w fs.inotify.max_user_instances=${WATCHES}\` and retry`,
    );
  }
}

/**
 * The Debian mirror of this machine, from its package sources.
 *
 * @throws when there is none
 */
export function debianMirror(root = "/"): string {
  const files = ["etc/apt/sources.list.d/debian.sources", "etc/apt/sources.list"]
    .map((file) => join(root, file))
    .filter((file) => existsSync(file));
  for (const file of files) {
    const mirror = findMirror(readFileSync(file, "utf8"));
    if (mirror) return mirror;
  }
  throw new Error(
    "no Debian mirror in /etc/apt/sources.list or /etc/apt/sources.list.d/debian.sources, and the lab's root file " +
      "systems come from the mirror of this machine. Add one there (URIs: <mirror>/debian)",
  );
}

/** The first Debian archive of a sources file in either format, without security and other vendors' archives. */
export function findMirror(text: string): string | undefined {
  const lines = text.split("\n").filter((line) => !line.trimStart().startsWith("#"));
  const words = lines.flatMap((line) => (/^\s*(URIs:|deb\s)/.test(line) ? line.split(/\s+/) : []));
  return words.find((word) => /^[a-z]+:\/\/.*\/debian\/?$/.test(word));
}

function isInstalled(program: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(":"), ...SYSTEM_FOLDERS];
  return folders.some((folder) => existsSync(join(folder, program)));
}
