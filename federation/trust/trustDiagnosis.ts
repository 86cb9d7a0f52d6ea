import type { ErrorCode } from "../errors/catalogue/index.ts";
import type { CertificateFacts } from "./certificate.ts";
import { rootsAbove, type PathProblem } from "./chainPath.ts";
import { shortName } from "./gateFindings.ts";
import { isUnread, type TrustContract, type Unread } from "./trustEvidence.ts";

/** Why a side does not accept the chain of the other. */
export interface TrustCause {
  code: ErrorCode;
  /** The end of a sentence. */
  problem: string;
  remedy: string;
}

/** A mesh at one end of a handshake. Contract and roots are undefined where they were not read. */
export interface TrustSide {
  mesh: string;
  contract: TrustContract | undefined;
  /** Roots that its istiod holds. */
  istiodRoots?: CertificateFacts[] | Unread;
}

/**
 * The cause of a problem with a chain; undefined where the evidence does not show it.
 * @param holder the mesh whose workload shows the chain
 * @param verifier the mesh whose workload does not accept it
 */
export function causeOf(
  problem: PathProblem,
  chain: readonly CertificateFacts[],
  holder: TrustSide,
  verifier: TrustSide,
): TrustCause | undefined {
  switch (problem.kind) {
    case "constraint":
      return constraintCause(problem, holder, verifier);
    case "anchor-dates":
      return anchorDatesCause(problem, holder, verifier);
    case "ca-dates":
      return {
        code: "trust-anchor-expired",
        problem: `the CA ${shortName(problem.ca)} is valid ${datesOf(problem.ca)}`,
        remedy: `The owner of ${holder.mesh} renews the CA (\`pulumi up\`), and recreates pods with older leaves`,
      };
    default:
      return unknownRootCause(chain, holder, verifier);
  }
}

function constraintCause(
  { ca, name }: Extract<PathProblem, { kind: "constraint" }>,
  holder: TrustSide,
  verifier: TrustSide,
): TrustCause {
  const isUri = name.includes("://");
  const bound = isUri ? `permits ${ca.permittedUris.join(", ")}` : "excludes DNS names";
  return {
    code: "trust-constraint-violated",
    problem:
      `${name.slice(0, 200)} is not permitted below ${shortName(ca)} in the bundle of ${verifier.mesh}, which ` + bound,
    remedy: isUri
      ? `Compare the trust domain of ${holder.mesh} (mesh.trustDomain, meshConfig.trustDomain) with its contract. If ` +
        `they agree, run an \`up\` of ${verifier.mesh}. An identity of a third mesh means that the CA is misused`
      : `The owner of ${holder.mesh} has its CA signed without DNS names`,
  };
}

function anchorDatesCause(
  { anchor, successor }: Extract<PathProblem, { kind: "anchor-dates" }>,
  holder: TrustSide,
  verifier: TrustSide,
): TrustCause {
  const hides = successor ? `, and hides its successor ${shortName(successor)}, which stands behind it` : "";
  return {
    code: "trust-anchor-expired",
    problem: `${shortName(anchor)} in the bundle of ${verifier.mesh} is valid ${datesOf(anchor)}${hides}`,
    remedy: successor
      ? `Remove the older certificate from the bundle of ${verifier.mesh}: of two with one name only the first counts`
      : `The owner of ${holder.mesh} changes its root (\`npm run rotate\`)`,
  };
}

/** Nothing in the verifier's bundle is the root of the chain. */
function unknownRootCause(
  chain: readonly CertificateFacts[],
  holder: TrustSide,
  verifier: TrustSide,
): TrustCause | undefined {
  const published = holder.contract?.roots ?? [];
  if (published.length === 0) return undefined;
  const above = rootsAbove(
    chain,
    published.map(({ certificate }) => certificate),
  );
  const ofChain = published.filter(({ certificate }) => above.includes(certificate));
  const root = ofChain.find(({ use }) => use !== "retiring");
  if (!root)
    return {
      code: "trust-leaf-old",
      problem: ofChain[0]
        ? `the leaf is issued under root ${shortName(ofChain[0].certificate)}, which ${holder.mesh} is about to remove`
        : `the leaf is issued under no root that ${holder.mesh} publishes: by an older CA, or by a CA of another owner`,
      remedy:
        `Recreate the pod of ${holder.mesh} that shows it. If its certificate stays, the meshes must share a root ` +
        "or pin each other's (peers.<mesh>.roots)",
    };
  return verifier.contract && missingRootCause(root.certificate, holder, verifier, verifier.contract);
}

function missingRootCause(
  root: CertificateFacts,
  holder: TrustSide,
  { mesh, istiodRoots }: TrustSide,
  contract: TrustContract,
): TrustCause {
  const name = `root ${shortName(root)} of ${holder.mesh}`;
  const isOwn = contract.roots.some(({ certificate }) => certificate.sha256 === root.sha256);
  if (!isOwn && !contract.trusts[holder.mesh]?.includes(root.sha256)) {
    const reason = contract.pending.find((pending) => pending.mesh === holder.mesh)?.reason;
    const others = contract.trusts[holder.mesh]?.length ?? 0;
    return {
      code: "trust-anchor-missing",
      problem:
        `${mesh} does not accept ${name}` +
        (reason ? ` (${reason})` : others > 0 ? `, only ${others} other: ${holder.mesh} switched its root before` : ""),
      remedy: `The owner of ${mesh} pins the root (peers.${holder.mesh}.roots) and runs \`up\`, or both share a root`,
    };
  }
  if (!isOwn)
    return {
      code: "trust-anchor-missing",
      problem: `${mesh} accepts ${name} by its contract, and its workload has no anchor over it`,
      remedy:
        "Recreate the workload: one that started without PROXY_CONFIG_XDS_AGENT gets no anchors. istiod needs " +
        "ISTIO_MULTIROOT_MESH",
    };
  if (istiodRoots && !isUnread(istiodRoots) && !istiodRoots.some(({ sha256 }) => sha256 === root.sha256))
    return bundleNotTaken(mesh, [root]);
  const isRotating = contract.roots.some(({ use }) => use !== "active");
  return isRotating
    ? {
        code: "trust-anchor-missing",
        problem: `${mesh} publishes ${name} as its own, and its workload does not have it yet`,
        remedy: "Recreate the workload; `npm run rotate` shows all that lack it, and holds the next phase until then",
      }
    : {
        code: "trust-root-replaced",
        problem: `the root of ${mesh} was replaced by ${name} without phases: workloads that run have only older roots`,
        remedy: `Recreate all workloads and gateways of ${mesh}. Another time use \`npm run rotate\``,
      };
}

/** The cause where istiod lacks roots that its mesh publishes. */
export function bundleNotTaken(mesh: string, roots: readonly CertificateFacts[], multiRoot?: boolean): TrustCause {
  return {
    code: "trust-bundle-not-taken",
    problem:
      `istiod of ${mesh} has not taken root ${roots.map(shortName).join(", ")}, which the mesh publishes` +
      (multiRoot === false ? ": ISTIO_MULTIROOT_MESH is off" : ""),
    remedy:
      "Set ISTIO_MULTIROOT_MESH of istiod to true (an `up` of a managed Istio does). Outside of a rotation take the " +
      "change of the root back first: pods that start after istiod's next restart are cut off from those before",
  };
}

function datesOf({ notBefore, notAfter }: CertificateFacts): string {
  return `from ${notBefore.toISOString()} to ${notAfter.toISOString()}`;
}
