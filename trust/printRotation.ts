import { findingText } from "../federation/errors/userError.ts";
import type { TrustTable } from "../federation/trust/trustTable.ts";
import { columns, wrap } from "../verify/report/text.ts";
import type { HandshakeRow, MeshRotation, RotationReport } from "./rotationReport.ts";

/** Characters of a fingerprint that are shown. */
const short = 12;

/** The rotations as a screen of 80 columns. */
export function rotationScreen({ meshes, problems }: RotationReport): string {
  const lines = meshes.flatMap((mesh) => [...meshLines(mesh), ""]);
  return [...lines, ...problems.flatMap((problem) => wrap(problem, "UNREAD  ", 8))].join("\n").trimEnd() + "\n";
}

function meshLines(mesh: MeshRotation): string[] {
  const { name, table, handshakes, handshakeFailures } = mesh;
  return [
    ...wrap(headline(mesh), `MESH ${name}: `, 2),
    ...(table ? [...rootLines(table), ...anchorLines(table)] : []),
    ...handshakeLines(handshakes),
    ...handshakeFailures
      .slice(0, 3)
      .flatMap((f) => wrap(`handshake with ${f.mesh} (${f.at}): ${f.failure}`, "NOTE    ", 8)),
    ...gateLines(mesh),
  ];
}

function headline({ configured, table }: MeshRotation): string {
  const { phase, next, provider, root } = configured;
  const of =
    root === undefined ? `its CA is ${provider}, which this project does not rotate` : `root ${root}, ${provider}`;
  const rotation = phase === "none" ? of : `phase ${phase}, from root ${root} to root ${next}, ${provider}`;
  return `${rotation}; ${table ? `${table.read} of ${table.proxies} proxies read` : "its proxies are not read"}`;
}

function rootLines({ roots, proxies, otherLeaves }: TrustTable): string[] {
  const rows = roots.map((r) => [
    `${r.certificate.sha256.slice(0, short)} ${r.certificate.subject}`,
    r.use,
    r.istiod === undefined ? "unknown" : r.istiod ? "yes" : "no",
    `${r.proxies} of ${proxies}`,
    `${r.leaves} of ${proxies}`,
  ]);
  if (otherLeaves > 0) rows.push(["none of them", "", "", "", `${otherLeaves} of ${proxies}`]);
  return columns(["ROOT", "USE", "ISTIOD", "PROXIES", "LEAVES"], rows, [36, 11, 7, 11, 11]);
}

function anchorLines({ anchors, proxies }: TrustTable): string[] {
  if (anchors.length === 0) return [];
  const rows = anchors.map(({ certificate: c, peer, proxies: having }) => [
    `${c.sha256.slice(0, short)} ${peer ?? c.subject}`,
    c.permittedUris.join(" "),
    c.notAfter.toISOString().slice(0, 10),
    `${having} of ${proxies}`,
  ]);
  return columns(["ANCHOR OF", "PERMITS", "ENDS", "PROXIES"], rows, [30, 25, 10, 11]);
}

function handshakeLines(handshakes: HandshakeRow[]): string[] {
  if (handshakes.length === 0) return [];
  const named = (roots: string[]) => roots.map((sha256) => sha256.slice(0, short)).join(" ") || "none of them";
  const rows = handshakes.map((h) => [
    `${h.mesh}${h.count > 1 ? ` (${h.count})` : ""}`,
    named(h.issuedUnder),
    h.accepts ? named(h.accepts) : "not asked",
  ]);
  return columns(["HANDSHAKE", "LEAF UNDER", "ACCEPTS"], rows, [22, 25, 31]);
}

function gateLines({ name, gate }: MeshRotation): string[] {
  if (!gate) return [];
  const command = `npm run rotate -- --mesh ${name} --to ${gate.next}`;
  const state =
    gate.findings.length === 0
      ? wrap(`${gate.next} may go: \`${command}\``, "OPEN    ", 8)
      : wrap(`${gate.next} may not go yet`, "CLOSED  ", 8);
  return [
    ...state,
    ...gate.findings.flatMap((finding) => wrap(findingText(finding), "        ", 8)),
    ...gate.notes.flatMap((note) => wrap(note, "NOTE    ", 8)),
  ];
}
