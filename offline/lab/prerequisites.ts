import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../../tools/progress.ts";
import { run } from "../../tools/run.ts";

/** Programs that Debian has, and the package of each. */
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

/** Where programs are looked for besides PATH; a user's PATH often lacks these. */
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
 * Makes sure that the machine can run a lab: Linux on x86-64, root, Debian, and the packages above, which are installed
 * when missing. An engine that a fresh docker.io package brings along is kept from starting: the lab runs its own.
 *
 * @throws with what is missing and what to do, when it cannot be helped
 */
export async function ensurePrerequisites(progress: Progress): Promise<void> {
  const instead =
    "use clusters that exist (cluster.provider: existing), or a machine with docker and internet access (--source release)";
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(`the lab needs Linux on x86-64, and this is ${process.platform} on ${process.arch}: ${instead}`);
  }
  if (process.getuid?.() !== 0)
    throw new Error(
      `the lab needs root: it runs an engine in namespaces of its own. Run the same command as root (sudo), or ${instead}`,
    );
  raiseWatchLimit(progress);
  const packages = missingPackages(isInstalled);
  if (packages.length === 0) return;
  if (!isInstalled("apt-get"))
    throw new Error(
      `the lab needs ${packages.join(", ")}, and there is no apt-get to install them: install them, or ${instead}`,
    );
  const step = progress.step(`install the Debian packages ${packages.join(", ")} on this machine`, 60);
  const env = { DEBIAN_FRONTEND: "noninteractive", ...(existsSync("/usr/sbin/policy-rc.d") ? {} : { RUNLEVEL: "1" }) };
  try {
    await run("apt-get", ["update", "-q"], { env });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], { env });
    step.done();
  } catch (error) {
    step.fail(error);
    throw new Error(
      `the lab needs the Debian packages ${packages.join(", ")}, and installing them failed: install them by hand (apt-get install ${packages.join(" ")}) and run the same command again. ${(error as Error).message}`,
    );
  }
}

/** Where the kernel keeps how many inotify instances a user may have. */
const WATCH_LIMIT = "/proc/sys/fs/inotify/max_user_instances";

/** A node takes about forty: the usual 128 leaves the third cluster's kubelet without ("too many open files"). */
const WATCHES = 1024;

/** Raises the kernel's limit of inotify instances where it is lower, until the next boot. Throws when it cannot. */
function raiseWatchLimit(progress: Progress): void {
  const now = Number(readFileSync(WATCH_LIMIT, "utf8"));
  if (now >= WATCHES) return;
  try {
    writeFileSync(WATCH_LIMIT, String(WATCHES));
    progress.note(
      `raised this machine's fs.inotify.max_user_instances from ${now} to ${WATCHES}, until the next boot: clusters need them`,
    );
  } catch (error) {
    throw new Error(
      `the lab's clusters need fs.inotify.max_user_instances of at least ${WATCHES} (it is ${now}), and setting it failed (${(error as Error).message}): set it with \`sysctl -w fs.inotify.max_user_instances=${WATCHES}\` and run the same command again`,
    );
  }
}

/**
 * The Debian mirror that this machine itself uses, from its package sources.
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
    "no Debian mirror in /etc/apt/sources.list or /etc/apt/sources.list.d/debian.sources: the lab's root file systems come from the mirror of this machine; name one there (URIs: <mirror>/debian)",
  );
}

/** The first Debian archive (not security, not another vendor's) of a sources file, in either of its two formats. */
export function findMirror(text: string): string | undefined {
  const lines = text.split("\n").filter((line) => !line.trimStart().startsWith("#"));
  const words = lines.flatMap((line) => (/^\s*(URIs:|deb\s)/.test(line) ? line.split(/\s+/) : []));
  return words.find((word) => /^[a-z]+:\/\/.*\/debian\/?$/.test(word));
}

function isInstalled(program: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(":"), ...SYSTEM_FOLDERS];
  return folders.some((folder) => existsSync(join(folder, program)));
}
