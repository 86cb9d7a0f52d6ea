import { federationOutput, quarantineCause, type FederationContract } from "../federation/contract/contract.ts";
import { pendingCertificateOutput } from "../federation/contract/trustOutputs.ts";
import { UserError, type Finding } from "../federation/errors/userError.ts";
import type { DeclaredMesh } from "../federation/config/declaredMesh.ts";
import type { Progress } from "../tools/progress.ts";
import type { Toolchain } from "../tools/index.ts";
import { stackOutputs } from "../workspace/pulumiCommand.ts";
import { untrustedPeers, type Untrusted } from "../federation/trust/untrusted.ts";
import { pinRoots } from "./pinRoots.ts";
import { mismatchesPeers, tryUp, upAll, upFailed, type Attempt } from "./stacks.ts";

/** Limit of rounds. Each round creates what its peers, and the signers of CAs, made possible in the previous one. */
const maximumRounds = 8;

/** What a mesh waits for. */
interface Waiting {
  stack: string;
  what: "certificate" | "trust" | "import";
  /** In words, for people. */
  problem: string;
}

/** What a stack of this clone has published. It may be that of an earlier release. */
type OwnContract = Partial<FederationContract>;

/** A mesh of this project. */
type Named = Pick<DeclaredMesh, "stack" | "name">;

/** The stacks to bring up. */
export interface UpStacks {
  meshes: readonly Named[];
  /** Stacks that sign the meshes' CAs. */
  trusts: readonly string[];
  /** Whether roots of meshes of this project are pinned when they are first seen. */
  pin: boolean;
  /** Whether no stack is up, so that the trust stacks come up with the meshes. */
  isNew: boolean;
}

/**
 * Brings meshes up in parallel, then repeats this for the meshes that wait for a certificate or a peer, and for those
 * that do not match their peers yet. Returns whether anything changed. Throws a `UserError` when a repetition would not
 * help.
 */
export async function upMeshes(tools: Toolchain, { meshes, trusts, pin, isNew }: UpStacks, progress: Progress) {
  const names = new Map(meshes.map(({ name, stack }) => [name, stack]));
  let next = [...(isNew ? trusts : []), ...meshes.map(({ stack }) => stack)];
  let changed = false;
  let before: Waiting[] = [];
  for (let round = 1; next.length > 0; round++) {
    const attempt = await tryUp(tools, next, progress);
    let changedNow = attempt.results.some((result) => result.changed);
    const last = round === maximumRounds;
    const mismatched = mismatchedStacks(attempt, changedNow && !last);
    const published = await Promise.all(meshes.map((mesh) => publishedBy(tools, mesh)));
    const untrusted = untrustedPeers(new Map(published.map(({ mesh, contract }) => [mesh.name, contract ?? {}])));
    const waiting = [
      ...published.flatMap(({ certificate }) => certificate ?? []),
      ...waitingForImports(published),
      ...untrusted.map(waitingForTrust(published)),
    ].filter(({ stack }) => !mismatched.includes(stack));
    if (waiting.some(({ what }) => what === "certificate"))
      changedNow = (await upAll(tools, [...trusts], progress)).some((result) => result.changed) || changedNow;
    if (pin) changedNow = pinRoots(untrusted, names, progress) || changedNow;
    changed ||= changedNow;
    const same = JSON.stringify(waiting) === JSON.stringify(before);
    if (waiting.length > 0 && ((same && !changedNow) || last)) throw stillWaiting(waiting);
    before = waiting;
    next = [...new Set([...mismatched, ...waiting.map(({ stack }) => stack)])];
    announce(progress, mismatched, waiting);
  }
  return changed;
}

function announce(progress: Progress, mismatched: string[], waiting: Waiting[]): void {
  const stacksOf = (...what: Waiting["what"][]): string =>
    [...new Set(waiting.filter((item) => what.includes(item.what)).map(({ stack }) => stack))].join(", ");
  if (mismatched.length > 0) progress.note(`next: ${mismatched.join(", ")} again, because peers have changed`);
  const [certificates, others] = [stacksOf("certificate"), stacksOf("trust", "import")];
  if (certificates) progress.note(`next: Istio in ${certificates}, whose CAs are signed now`);
  if (others) progress.note(`next: imports of ${others}, whose peers are up now`);
}

/** The failed stacks to retry. Throws a `UserError` for any other failure, and when no retry can help. */
function mismatchedStacks({ failures }: Attempt, retry: boolean): string[] {
  const mismatched = [...failures].filter(([, error]) => mismatchesPeers(error)).map(([stack]) => stack);
  if (failures.size > mismatched.length || (mismatched.length > 0 && !retry)) throw upFailed(failures);
  return mismatched;
}

/** What a mesh has published. */
interface Published {
  mesh: Named;
  contract: OwnContract | undefined;
  /** Set while the mesh has no CA. */
  certificate: Waiting | undefined;
}

async function publishedBy(tools: Toolchain, mesh: Named): Promise<Published> {
  const { stack } = mesh;
  const outputs = (await stackOutputs(tools, stack, false)) ?? {};
  const certificate = outputs[pendingCertificateOutput] as { reason?: unknown } | undefined;
  if (certificate) {
    const waiting: Waiting = { stack, what: "certificate", problem: String(certificate.reason) };
    return { mesh, contract: undefined, certificate: waiting };
  }
  return { mesh, contract: outputs[federationOutput] as OwnContract | undefined, certificate: undefined };
}

/** The imports that another `up` may create: not those of a mesh in quarantine, which wait for an owner. */
function waitingForImports(published: readonly Published[]): Waiting[] {
  const contracts = new Map(published.map(({ mesh, contract }) => [mesh.name, contract]));
  const orders = (by: string, of: string): boolean =>
    contracts.get(by)?.quarantine?.some(({ mesh }) => mesh === of) ?? false;
  return published.flatMap(({ mesh: { name, stack }, contract }) => {
    // A peer may have ended its quarantine in this round, after this mesh read the peer's contract.
    const isCut = (from: string): boolean => !contracts.has(from) || orders(name, from) || orders(from, name);
    const awaited = (contract?.pendingImports ?? []).filter(
      ({ cause, from }) => cause !== quarantineCause || !isCut(from),
    );
    return awaited.map(({ name: what, from, reason }): Waiting => {
      return { stack, what: "import", problem: `import "${what}" from "${from}" is pending: ${reason}` };
    });
  });
}

/** In words, that a mesh does not trust a peer yet. */
function waitingForTrust(published: readonly Published[]) {
  return ({ mesh: name, peer, root }: Untrusted): Waiting => {
    const { mesh, contract } = published.find((found) => found.mesh.name === name)!;
    const stated = contract?.pendingTrust?.find((pending) => pending.mesh === peer)?.reason;
    const reason = stated ?? `its root ${root} is not pinned in peers.${peer}.roots`;
    return { stack: mesh.stack, what: "trust", problem: `mesh "${peer}" is not trusted yet: ${reason}` };
  };
}

function stillWaiting(waiting: Waiting[]): UserError {
  const details = waiting.map(({ stack, problem }): Finding => ({
    code: "imports-still-pending",
    subject: `stack "${stack}"`,
    problem,
    remedy: "",
  }));
  return new UserError(
    "imports-still-pending",
    {
      subject: "the federation",
      problem: "the meshes are up, but something is still pending",
      remedy:
        "Correct the export of the peer, or remove the import; pin a peer's root, have a certificate signed, or set " +
        "what stack output istioSettings has",
    },
    details,
  );
}
