import { UserError } from "../federation/errors/userError.ts";
import { releaseSources } from "../federation/config/versions.ts";
import { reasonOf, request } from "./http.ts";
import { isMirrored, kindRelease } from "./releases.ts";

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
const answerTimeout = 4000;

/**
 * What must answer for the releases to be of use: a release file, with the redirect that it takes, and the charts. The
 * publisher's file is a small one. A mirror need not have that, and with a mirror the publisher need not answer.
 */
export function probedUrls(): string[] {
  const kind = kindRelease();
  const repositories = [releaseSources.istio.chartRepository, releaseSources.metallb.chartRepository].filter(
    (url) => url !== undefined,
  );
  return [isMirrored(kind) ? kind.url : kind.checksumsUrl, ...repositories.map((url) => `${url}/index.yaml`)];
}

/** Variable that does what `--source` does, for commands without that option; `--source` goes before it. */
export const sourceVariable = "MESH_FEDERATION_SOURCE";

/**
 * The value of `--source`, checked.
 * @param by the option or variable that gives it
 * @throws UserError `source-invalid`
 */
export function parseSource(given: string | undefined, by = "--source"): Source | undefined {
  if (given !== undefined && given !== "release" && given !== "registry")
    throw new UserError("source-invalid", {
      subject: by,
      problem: `"${given}" is not a source`,
      remedy: "Use release (official downloads) or registry (builds from package registries)",
    });
  return given;
}

/**
 * Chooses the source: the one that was asked for, else the releases if all their hosts answer.
 * @param forced value of `--source`
 * @param by the option or variable that gives it
 * @throws UserError `source-invalid`
 */
export async function chooseSource(forced?: string, probe: Probe = ask, by = "--source"): Promise<Choice> {
  const source = parseSource(forced, by);
  if (source) return { source, why: `source: ${source}, as asked for by ${by}` };
  const urls = probedUrls();
  const wrong = await Promise.all(urls.map((url) => probe(url)));
  const hosts = (of: string[]): string => [...new Set(of.map((url) => new URL(url).host))].join(", ");
  const silent = urls.flatMap((url, i) => (wrong[i] === undefined ? [] : [`${new URL(url).host} (${wrong[i]})`]));
  return silent.length === 0
    ? { source: "release", why: `source: release (official downloads), because ${hosts(urls)} answer` }
    : {
        source: "registry",
        why:
          `source: registry (tools are built from package registries), because there is no use of ` +
          `${silent.join(", ")}; --source release forces official downloads`,
      };
}

/**
 * Asks with GET, since signed addresses of release files refuse HEAD; a proxy's refusal counts as no answer. Asks once
 * more where none came in time: one slow answer must not make a machine build what it could download.
 * @param wait how long each answer may take, in milliseconds
 */
export async function ask(url: string, wait = answerTimeout): Promise<string | undefined> {
  for (let again = true; ; again = false) {
    try {
      const response = await request(url, { signal: AbortSignal.timeout(wait) });
      await response.body?.cancel();
      return response.ok ? undefined : `answered ${response.status}`;
    } catch (error) {
      if (!(error instanceof DOMException)) return reasonOf(error);
      if (!again) return `no answer in ${wait / 1000} s, twice`;
    }
  }
}
