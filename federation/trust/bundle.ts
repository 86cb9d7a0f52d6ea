import type { ContractRoot } from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";

/** The plain roots that a mesh trusts as its own, in order, and the one under which its CA signs now. */
export interface TrustBundle {
  roots: readonly { sha256: string; pem: string }[];
  /** SHA-256 of the active root, which is one of `roots`. */
  active: string;
}

/** A phase of a change of root; undefined while nothing changes. */
export type RotationPhase = "add" | "switch" | "remove" | undefined;

/**
 * Which roots a mesh has in a phase, by number, and which of them is active. Each phase is one change that istiod takes
 * while it runs: a root is added, the CA changes, a root is removed.
 */
export function rootsInPhase(active: number, next: number | undefined, phase: RotationPhase) {
  if (phase === undefined || next === undefined) return { numbers: [active], active };
  if (phase === "remove") return { numbers: [next], active: next };
  return { numbers: [active, next], active: phase === "switch" ? next : active };
}

/**
 * The bundle as `root-cert.pem` of Istio's secret `cacerts`. A root that became active after others is listed twice:
 * its bundle then differs from that of the phase before, and a proxy whose bundle changes renews its leaf at once,
 * which a new CA alone does not make it do.
 */
export function bundleText({ roots, active }: TrustBundle): string {
  const texts = roots.map(({ pem }) => `${pem.trim()}\n`);
  const position = roots.findIndex(({ sha256 }) => sha256 === active);
  return [...texts, ...(position > 0 ? [texts[position]!] : [])].join("");
}

/** The bundle as a contract publishes it: roots before the active one retire, roots after it come next. */
export function contractRoots({ roots, active }: TrustBundle): ContractRoot[] {
  const position = roots.findIndex(({ sha256 }) => sha256 === active);
  return roots.map(({ sha256, pem }, i) => ({
    sha256,
    pem,
    use: i === position ? "active" : i < position ? "retiring" : "next",
  }));
}

/** The bundle that a contract publishes; undefined where it has no active root. */
export function bundleOf(roots: readonly ContractRoot[]): TrustBundle | undefined {
  const active = roots.find(({ use }) => use === "active");
  return active && { roots, active: active.sha256 };
}

/** Minors whose istiod takes a new bundle only if one text contains the other, byte by byte. */
const textualMinors = ["1.28", "1.29"];

/**
 * What is wrong with a change of a mesh's bundle while its workloads run; empty for a change that can be made under
 * traffic. A root must be in every proxy before a CA signs under it, and no leaf may be left under a root that goes.
 * https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
 *
 * @param before the published bundle; undefined where nothing is installed yet
 * @param istioMinors of the istiods that take the bundle, as `1.30`: two where Istio is upgraded in the same change,
 *   none where it does not get the bundle
 */
export function bundleChangeFindings(
  before: TrustBundle | undefined,
  now: TrustBundle,
  istioMinors: readonly string[],
): readonly Finding[] {
  const findings = new Findings();
  if (!before || bundleText(before) === bundleText(now)) return findings.all;
  const [had, has] = [before, now].map(({ roots }) => new Set(roots.map(({ sha256 }) => sha256)));
  const added = [...has!].filter((root) => !had!.has(root));
  const removed = [...had!].filter((root) => !has!.has(root));
  const switched = before.active !== now.active;
  const textual = istioMinors.find((minor) => textualMinors.includes(minor));
  const add = (problem: string, remedy: string): void =>
    findings.add("rotation-phase-skipped", { subject: "the mesh's roots", problem, remedy });
  if (added.includes(now.active))
    add(
      `root ${now.active} becomes the active one, but no proxy trusts it yet: pods that start would be cut off from ` +
        "those that run",
      "First deploy rotation.phase: add, with the root that is active now",
    );
  else if (removed.includes(before.active))
    add(
      `root ${before.active} is removed, but the leaves of running workloads are issued under it`,
      "First deploy rotation.phase: switch, and wait until `npm run rotate` shows no leaf under it",
    );
  else if ((switched && added.length + removed.length > 0) || (added.length > 0 && removed.length > 0))
    add("more than one step is made at once", "Deploy add, switch and remove one after the other");
  else if (textual !== undefined && !containsOther(bundleText(before), bundleText(now)))
    add(
      `istiod ${textual} ignores a bundle that neither extends the last one nor is a part of it, byte by byte`,
      "Keep the order of the roots; append at the end, and remove from the start or the end",
    );
  return findings.all;
}

function containsOther(a: string, b: string): boolean {
  return a.includes(b) || b.includes(a);
}
