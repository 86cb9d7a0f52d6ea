import { importedFrom, type FederationContract } from "../federation/contract/contract.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import { columns, wrap } from "../verify/report/text.ts";

/** A certificate and when it ends. */
export interface Expiry {
  what: string;
  mesh: string;
  /** Milliseconds since 1970. */
  notAfter: number;
}

/** Something in a cluster that is not as the stack left it. */
export interface LiveDrift {
  mesh: string;
  what: string;
}

/** One screen of the federation. */
export interface Status {
  meshes: { name: string; state: string; gateways: string[] }[];
  exports: { mesh: string; name: string; host: string; ports: string[]; to: string[]; importers: string[] }[];
  pending: { mesh: string; name: string; from: string; reason: string }[];
  certificates: Expiry[];
  drift: LiveDrift[];
  /** Meshes whose clusters were not looked at, or not for everything, and why. */
  notLookedAt: { mesh: string; why: string }[];
}

/** A mesh as far as it could be read. */
export interface MeshState {
  name: string;
  contract: FederationContract | undefined;
  /** Why it could not be read or reached. */
  problem: string | undefined;
  /** Why its cluster was not looked at, or not for everything; default `problem`. */
  notLookedAt?: string | undefined;
}

/** Status from what the meshes published, and from what was seen in their clusters. */
export function statusOf(meshes: MeshState[], certificates: Expiry[], drift: LiveDrift[]): Status {
  const contracts = meshes.flatMap((m) => m.contract ?? []);
  const importersOf = (mesh: string, name: string) =>
    contracts
      .filter((c) => c.imports.some((i) => i.name === name && importedFrom(i).includes(mesh)))
      .map((c) => c.mesh.name);
  return {
    meshes: meshes.map(({ name, contract, problem }) => ({
      name,
      state: problem ?? `up, Istio ${contract!.mesh.istioVersion}`,
      gateways: contract?.gateways.map(socketAddress) ?? [],
    })),
    exports: contracts.flatMap((c) =>
      c.exports.map((e) => ({
        mesh: c.mesh.name,
        name: e.name,
        host: e.host,
        ports: e.ports.map((p) => `${p.number}/${p.protocol}`),
        to: e.to,
        importers: importersOf(c.mesh.name, e.name),
      })),
    ),
    pending: contracts.flatMap((c) => c.pendingImports.map((p) => ({ mesh: c.mesh.name, ...p }))),
    certificates: [...certificates].sort((a, b) => a.notAfter - b.notAfter),
    drift: [...drift, ...contractDrift(contracts)],
    notLookedAt: meshes.flatMap(({ name, problem, notLookedAt = problem }) =>
      notLookedAt ? [{ mesh: name, why: notLookedAt }] : [],
    ),
  };
}

/** Imports made with other values than their exporter publishes now. */
export function contractDrift(contracts: FederationContract[]): LiveDrift[] {
  const set = (values: string[]) => [...new Set(values)].sort().join(", ") || "none";
  return contracts.flatMap(({ mesh, imports }) =>
    imports.flatMap((spec) => {
      const exporters = importedFrom(spec).flatMap((name) => contracts.find((c) => c.mesh.name === name) ?? []);
      if (exporters.length < importedFrom(spec).length || spec.gateways.length === 0) return [];
      const found = exporters.map((c) => c.exports.find((e) => e.name === spec.name));
      if (found.some((e) => !e))
        return [
          {
            mesh: mesh.name,
            what: `imports ${spec.name}, which ${exporters
              .filter((_, i) => !found[i])
              .map((c) => c.mesh.name)
              .join(", ")} exports no more`,
          },
        ];
      const compare: [string, string, string][] = [
        [
          "gateway",
          set(spec.gateways.map(socketAddress)),
          set(exporters.flatMap((c) => c.gateways.map(socketAddress))),
        ],
        ["subjectAltNames", set(spec.subjectAltNames), set(found.flatMap((e) => e!.subjectAltNames))],
      ];
      return compare.flatMap(([what, had, has]) =>
        had === has
          ? []
          : [
              {
                mesh: mesh.name,
                what: `import ${spec.name} uses ${what} ${had}, ${set(importedFrom(spec))} publishes ${has}`,
              },
            ],
      );
    }),
  );
}

const day = 86_400_000;

/** The status as a screen of 80 columns. */
export function statusScreen(status: Status, now: number): string {
  const left = (time: number) =>
    time <= now
      ? "EXPIRED"
      : time - now < 2 * day
        ? `${Math.round((time - now) / 3_600_000)} hours`
        : `${Math.floor((time - now) / day)} days`;
  const none = "-";
  const lines = [
    ...columns(
      ["MESH", "GATEWAY", "STATE"],
      status.meshes.map((m) => [m.name, m.gateways.join(" ") || none, m.state]),
      [14, 24, 40],
    ),
    "",
    ...columns(
      ["EXPORT", "PORTS", "TO", "IMPORTED BY"],
      status.exports.map((e) => [
        `${e.mesh}/${e.name}`,
        e.ports.join(" "),
        e.to.join(" ") || none,
        e.importers.join(" ") || none,
      ]),
      [28, 20, 14, 15],
    ),
    "",
    ...columns(
      ["CERTIFICATE", "MESH", "ENDS IN"],
      status.certificates.map((c) => [c.what, c.mesh, left(c.notAfter)]),
      [48, 14, 12],
    ),
  ];
  for (const m of status.meshes.filter((m) => !m.state.startsWith("up")))
    lines.push("", ...wrap(`mesh "${m.name}" ${m.state}`, "  "));
  lines.push(
    "",
    ...(status.pending.length === 0
      ? ["no import is pending"]
      : status.pending.flatMap((p) => wrap(`${p.mesh} <- ${p.from}/${p.name}: ${p.reason}`, "PENDING ", 8))),
  );
  lines.push(
    ...(status.drift.length === 0
      ? noDrift(status)
      : status.drift.flatMap((d) => wrap(`${d.mesh}: ${d.what}`, "DRIFT   ", 8))),
  );
  for (const { mesh, why } of status.notLookedAt) lines.push(...wrap(`not looked at: ${why}`, `${mesh} `, 8));
  return `${lines.join("\n")}\n`;
}

/** That nothing drifted, said of what was looked at alone. */
function noDrift({ meshes, notLookedAt }: Status): string[] {
  if (notLookedAt.length === 0) return ["no drift"];
  const looked = meshes.filter((m) => notLookedAt.every((n) => n.mesh !== m.name)).map((m) => m.name);
  return looked.length > 0 ? wrap(`no drift in ${looked.join(", ")}`, "", 8) : [];
}
