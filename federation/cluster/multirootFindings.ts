import { mergeValues } from "../config/sources.ts";
import { isTrueInGo, mappingOf } from "../config/values.ts";
import type { Finding } from "../errors/userError.ts";

type Values = Readonly<Record<string, unknown>>;

/** A flag, and where chart `istiod` takes it from. */
const flags = [
  { name: "ISTIO_MULTIROOT_MESH", path: ["env"] },
  { name: "PROXY_CONFIG_XDS_AGENT", path: ["meshConfig", "defaultConfig", "proxyMetadata"] },
];

/**
 * Why a mesh's proxies would not get what they are to trust; empty when they would. istiod ignores a changed bundle
 * without the first flag, and a proxy gets neither it nor `caCertificates` without the second.
 * https://istio.io/latest/docs/reference/commands/pilot-discovery/#envvars
 * @param values of chart `istiod`, complete
 * @param need what needs the flags
 */
export function multirootFindings(values: Values, need: string): Finding[] {
  // The chart copies what is below `pilot` over the rest.
  const pilot = mappingOf(values["pilot"]);
  const all = mergeValues(values, pilot);
  return flags.flatMap(({ name, path }): Finding[] => {
    const env = path[0] === "env" ? variableIn(all["envVarFrom"], name) : undefined;
    if (isTrueInGo(env ? env.value : at(all, [...path, name]))) return [];
    const key = env ? ["envVarFrom"] : path;
    const inPilot = at(pilot, env ? key : [...key, name]) !== undefined;
    return [
      {
        code: "multiroot-off",
        subject: `istio.values.${[...(inPilot ? ["pilot"] : []), ...key].join(".")}`,
        problem: `${name} is not on, but ${need}: a restart would take them at a moment that nobody has chosen`,
        remedy: "Remove the value: this program sets the flag to true",
      },
    ];
  });
}

/** The last variable of a name in a list; of two in a container, the later one counts. */
function variableIn(list: unknown, name: string): { value?: unknown } | undefined {
  return Array.isArray(list) ? list.map(mappingOf).findLast((entry) => entry["name"] === name) : undefined;
}

function at(values: Values, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => mappingOf(value)[key], values);
}
