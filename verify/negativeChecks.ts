import { autoPassthroughSni } from "../federation/objects/names.ts";
import { failed, type Failure, type Hello } from "./evidence.ts";

/** Something that must fail or must not exist, with what shows that the check itself works. */
export interface GuardResult {
  mesh: string;
  name: string;
  /** `unknown`: the control did not work, or nothing could be looked at. */
  state: "good" | "bad" | "unknown";
  /** What was seen to work at the same time. */
  control: string;
  evidence: string;
  /** What is needed to be able to look; only where that is why it is unknown. */
  remedy?: string;
  seenFrom: string;
}

/** What was tried at a gateway. */
export interface GatewayTrials {
  mesh: string;
  address: string;
  seenFrom: string;
  /** A ClientHello with an exported name: the control. */
  exported: Hello;
  /** One with a name that is not exported. */
  notExported: Hello;
  /** One with the exported name, but not Istio's protocol. */
  foreign: Hello;
  plaintext: { answered: string | undefined; reachable: boolean };
  /** What came back to a request sent in TLS without a client certificate. */
  withoutCertificate: { answered: string | undefined; reachable: boolean };
}

/**
 * Judges the trials at a gateway. Each counts only while the exported name is let through at the same time, and where it
 * was connected to at all: what did not arrive was neither refused nor let through.
 */
export function judgeGateway(trials: GatewayTrials): GuardResult[] {
  const { mesh, address, seenFrom, exported, notExported, foreign, plaintext, withoutCertificate } = trials;
  const works = exported.outcome === "certificate";
  const control = works ? "the exported name passes" : `none: ${exported.outcome}`;
  const guard = (name: string, trial: Trial, passed: string): GuardResult => {
    const state = !works || trial === "unreachable" ? "unknown" : trial === "refused" ? "good" : "bad";
    const untold = works
      ? `the trial got no connection to ${address}, so it tells nothing; run it again`
      : `the exported name does not pass ${address} either (${exported.outcome}), so a refusal would tell nothing`;
    return {
      mesh,
      name: `${mesh}: ${name}`,
      state,
      control,
      evidence: state === "unknown" ? untold : passed,
      seenFrom,
    };
  };
  return [
    guard(
      "name that is not exported",
      ofHello(notExported),
      `the gateway ${address} lets ${notExported.sni} through, which is not exported`,
    ),
    guard(
      "TLS that is not Istio's",
      ofHello(foreign),
      `the gateway ${address} lets TLS without the protocol "istio" through`,
    ),
    guard(
      "plaintext to the gateway",
      ofAnswer(plaintext),
      `the gateway ${address} answers plaintext: ${JSON.stringify(plaintext.answered)}`,
    ),
    guard(
      "caller without a certificate",
      ofAnswer(withoutCertificate),
      `a caller without a certificate gets an answer through ${address}: ${JSON.stringify(withoutCertificate.answered)}`,
    ),
  ];
}

/** How a trial ended. */
type Trial = "refused" | "passed" | "unreachable";

function ofHello({ outcome }: Hello): Trial {
  return outcome === "unreachable" ? outcome : outcome === "reset" ? "refused" : "passed";
}

function ofAnswer({ answered, reachable }: { answered: string | undefined; reachable: boolean }): Trial {
  return answered !== undefined ? "passed" : reachable ? "refused" : "unreachable";
}

/** What was found in a mesh's own cluster, or why its credentials may not look. */
export interface ClusterFindings {
  mesh: string;
  /** How many Gateway objects there are at all (the control), and the hosts of those that pass mTLS through. */
  gateways: { read: number; passthrough: { object: string; hosts: string[] }[] } | Failure;
  /** Whether there are Secrets at all (the control), and those that give Istio access to another cluster's API server. */
  secrets: { read: number; remote: string[] } | Failure;
}

/** Judges what a mesh's own cluster holds. */
export function judgeCluster({ mesh, gateways, secrets }: ClusterFindings): GuardResult[] {
  const guard = (name: string) => ({ mesh, name: `${mesh}: ${name}`, seenFrom: mesh });
  const unread = ({ failure }: Failure, what: string) => ({
    state: "unknown" as const,
    control: "none: not allowed to look",
    evidence: failure,
    remedy: `to have this checked, allow the credentials for ${mesh} to list ${what} in all namespaces (a ClusterRole with verb "list", bound by a ClusterRoleBinding)`,
  });
  const wild = failed(gateways)
    ? []
    : gateways.passthrough.flatMap(({ object, hosts }) =>
        hosts.filter((h) => h.includes("*")).map((h) => `${h} in ${object}`),
      );
  return [
    {
      ...guard("wildcard host on a gateway"),
      ...(failed(gateways)
        ? unread(gateways, "gateways of API group networking.istio.io")
        : {
            state: wild.length > 0 ? "bad" : "good",
            control: `${gateways.read} Gateway objects read`,
            evidence: `the gateway passes ${wild.join(", ")}: every service there is exposed, exported or not`,
          }),
    },
    {
      ...guard("credential for another cluster"),
      ...(failed(secrets)
        ? unread(secrets, "secrets")
        : {
            state: secrets.remote.length > 0 ? "bad" : secrets.read > 0 ? "good" : "unknown",
            control: `${secrets.read} Secrets read`,
            evidence:
              secrets.remote.length > 0
                ? `${secrets.remote.join(", ")} lets istiod read another cluster's API server; a federation needs none: delete it`
                : "no Secret at all is to be seen, so that there is none for another cluster tells nothing",
          }),
    },
  ];
}

/** What a caller met whom the export does not name; `untold`: why that cannot be said. */
export type ForeignCall = "refused" | "let in" | { untold: string };

/** Judges what a caller met whom the export does not name, beside one who is named. */
export function judgeForeignCaller(
  mesh: string,
  seenFrom: string,
  caller: string,
  call: ForeignCall,
  answer: string,
  controlWorks: boolean,
): GuardResult {
  const untold = !controlWorks
    ? "; the declared caller fails, too, so that tells nothing"
    : typeof call === "object"
      ? `; ${call.untold}, so that tells nothing`
      : "";
  return {
    mesh,
    name: `${mesh}: caller ${caller}`,
    state: untold ? "unknown" : call === "refused" ? "good" : "bad",
    control: controlWorks ? "the declared caller is let in" : "none: the declared caller fails",
    evidence: `${caller} is not among the export's callers, and got ${answer}${untold}`,
    seenFrom,
  };
}

/** A name that no mesh exports, beside an exported one. */
export function unexportedSni(exportedHost: string, port: number): string {
  return autoPassthroughSni(`not-exported.${exportedHost.split(".").slice(1).join(".")}`, port);
}
