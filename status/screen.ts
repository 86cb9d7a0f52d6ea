import { columns, wrap } from "../verify/report/text.ts";
import type { Status } from "./status.ts";

/** Milliseconds. */
const hour = 3_600_000;
const day = 24 * hour;

/** Shown in a column without a value. */
const none = "-";

/**
 * The status as a screen of 80 columns.
 * @param now milliseconds since 1970
 */
export function statusScreen(status: Status, now: number): string {
  const lines = [...meshTable(status), "", ...exportTable(status), "", ...certificateTable(status, now)];
  for (const { name, state } of status.meshes.filter((m) => !m.state.startsWith("up")))
    lines.push("", ...wrap(`mesh "${name}" ${state}`, "  "));
  lines.push("", ...trustLines(status), ...quarantineLines(status), ...pendingLines(status), ...driftLines(status));
  for (const { mesh, description } of status.gatewayProblems)
    lines.push(...wrap(`${mesh}: ${description}`, "GATEWAY ", 8));
  for (const { mesh, reason } of status.notChecked) lines.push(...wrap(`not checked: ${reason}`, `${mesh} `, 8));
  return `${lines.join("\n")}\n`;
}

function meshTable({ meshes }: Status): string[] {
  const rows = meshes.map((m) => [m.name, m.gateways.join(" ") || none, m.state]);
  return columns(["MESH", "GATEWAY", "STATE"], rows, [14, 24, 40]);
}

function exportTable({ exports }: Status): string[] {
  const rows = exports.map((e) => [
    `${e.mesh}/${e.name}`,
    e.ports.join(" "),
    e.to.join(" ") || none,
    e.importers.join(" ") || none,
  ]);
  return columns(["EXPORT", "PORTS", "TO", "IMPORTED BY"], rows, [28, 20, 14, 15]);
}

function certificateTable({ certificates }: Status, now: number): string[] {
  const rows = certificates.map((c) => [
    c.certificate,
    c.mesh,
    timeSpan(now - c.notBefore),
    timeLeft(c.notAfter - now),
  ]);
  return columns(["CERTIFICATE", "MESH", "AGE", "EXPIRES IN"], rows, [43, 12, 10, 12]);
}

function timeLeft(milliseconds: number): string {
  return milliseconds <= 0 ? "EXPIRED" : timeSpan(milliseconds);
}

function timeSpan(milliseconds: number): string {
  return milliseconds < 2 * day ? `${Math.round(milliseconds / hour)} hours` : `${Math.floor(milliseconds / day)} days`;
}

function trustLines({ rotations, pendingTrust, certificateNotes }: Status): string[] {
  return [
    ...rotations.flatMap((r) => wrap(`${r.mesh}: ${r.rotation} (\`npm run rotate\`)`, "ROTATION ", 8)),
    ...pendingTrust.flatMap((p) => wrap(`${p.mesh} does not trust ${p.peer} yet: ${p.reason}`, "TRUST   ", 8)),
    ...certificateNotes.flatMap((n) => wrap(`${n.mesh}: ${n.note}`, "RENEW   ", 8)),
  ];
}

function pendingLines({ pending }: Status): string[] {
  if (pending.length === 0) return ["no pending imports"];
  return pending.flatMap((p) => wrap(`${p.mesh} <- ${p.from}/${p.name}: ${p.reason}`, "PENDING ", 8));
}

function quarantineLines({ quarantine }: Status): string[] {
  return quarantine.flatMap(({ mesh, peer, trustDomains }) => {
    const denied = trustDomains.length > 0 ? `denies ${trustDomains.join(", ")}` : "NOT DENIED by any policy";
    return wrap(`${mesh}: ${peer} is in quarantine, ${denied}`, "QUARANTINE ", 8);
  });
}

/** The drift. Without drift, the line names only meshes that were checked. */
function driftLines({ meshes, drift, notChecked }: Status): string[] {
  if (drift.length > 0) return drift.flatMap((d) => wrap(`${d.mesh}: ${d.description}`, "DRIFT   ", 8));
  if (notChecked.length === 0) return ["no drift"];
  const checked = meshes.filter((m) => notChecked.every((n) => n.mesh !== m.name)).map((m) => m.name);
  return checked.length > 0 ? wrap(`no drift in ${checked.join(", ")}`, "", 8) : [];
}
