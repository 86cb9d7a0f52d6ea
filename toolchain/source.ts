import { request } from "./http.ts";

/** Where tools, plugins, charts and images come from: the publishers' releases, or builds from package registries. */
export type Source = "release" | "registry";

/** What must answer for the releases to be of use. */
const releaseHosts = ["https://get.pulumi.com/", "https://github.com/"];

/** How long a host has to answer, in milliseconds. */
const patience = 3000;

/**
 * Chooses the source and says why in one line.
 * @param forced value of `--source`; throws when it is neither `release` nor `registry`
 * @param hosts what is asked for an answer
 */
export async function chooseSource(forced?: string, hosts: string[] = releaseHosts): Promise<{ source: Source; why: string }> {
  if (forced !== undefined) {
    if (forced !== "release" && forced !== "registry") throw new Error(`--source ${forced}: must be release (official downloads) or registry (built from package registries)`);
    return { source: forced, why: `source: ${forced}, as asked for by --source` };
  }
  const answers = await Promise.all(hosts.map(answersInTime));
  const silent = hosts.filter((_, i) => !answers[i]).map((host) => new URL(host).host);
  return silent.length === 0
    ? { source: "release", why: `source: release, because ${hosts.map((h) => new URL(h).host).join(" and ")} answer` }
    : { source: "registry", why: `source: registry (tools are built from package registries), because ${silent.join(" and ")} did not answer; --source release forces official downloads` };
}

/** Whether a host answers a HEAD request with anything a proxy in between would not. */
async function answersInTime(url: string): Promise<boolean> {
  try {
    const response = await request(url, { method: "HEAD", signal: AbortSignal.timeout(patience) });
    await response.body?.cancel();
    return response.status < 400;
  } catch {
    return false;
  }
}
