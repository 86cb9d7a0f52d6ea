import { releaseSources } from "../components/plan/versions.ts";
import { reasonOf, request } from "./http.ts";
import { kindRelease } from "./releases.ts";

/** Where tools, plugins, charts and images come from: the publishers' releases, or builds from package registries. */
export type Source = "release" | "registry";

/** What was chosen, and why, in one line. */
export interface Choice {
  source: Source;
  why: string;
}

/** Asks for a URL; resolves to what is wrong with the answer, or undefined when there is nothing. */
export type Probe = (url: string) => Promise<string | undefined>;

/** How long a host has to answer, in milliseconds. */
const patience = 4000;

/** What must answer for the releases to be of use: a release file, with the redirect that it takes, and the charts. */
export function probedUrls(): string[] {
  const repositories = [releaseSources.istio.chartRepository, releaseSources.metallb.chartRepository].filter((url) => url !== undefined);
  return [kindRelease().checksumsUrl, ...repositories.map((url) => `${url}/index.yaml`)];
}

/** Chooses the source where no `--source` does. */
export const sourceVariable = "MESH_FEDERATION_SOURCE";

/** The value of `--source`, or of what `from` says, checked. Throws when it is neither `release` nor `registry`. */
export function parseSource(given: string | undefined, from = "--source "): Source | undefined {
  if (given !== undefined && given !== "release" && given !== "registry") throw new Error(`${from}${given}: must be release (official downloads) or registry (built from package registries)`);
  return given;
}

/**
 * Chooses the source: the one that was asked for, else the releases if all their hosts answer.
 * @param forced value of `--source`; throws when it is neither `release` nor `registry`
 */
export async function chooseSource(forced?: string, probe: Probe = ask): Promise<Choice> {
  const source = parseSource(forced);
  if (source) return { source, why: `source: ${source}, as asked for by --source` };
  const urls = probedUrls();
  const wrong = await Promise.all(urls.map(probe));
  const hosts = (of: string[]): string => [...new Set(of.map((url) => new URL(url).host))].join(", ");
  const silent = urls.flatMap((url, i) => (wrong[i] === undefined ? [] : [`${new URL(url).host} (${wrong[i]})`]));
  return silent.length === 0
    ? { source: "release", why: `source: release (official downloads), because ${hosts(urls)} answer` }
    : { source: "registry", why: `source: registry (tools are built from package registries), because there is no use of ${silent.join(", ")}; --source release forces official downloads` };
}

/** Asks with GET, since signed addresses of release files refuse HEAD; a proxy's refusal counts as no answer. */
async function ask(url: string): Promise<string | undefined> {
  try {
    const response = await request(url, { signal: AbortSignal.timeout(patience) });
    await response.body?.cancel();
    return response.ok ? undefined : `answered ${response.status}`;
  } catch (error) {
    return error instanceof DOMException ? `no answer in ${patience / 1000} s` : reasonOf(error);
  }
}
