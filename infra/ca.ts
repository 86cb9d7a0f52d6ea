import { existsSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import {
  bundleInFile,
  certificatesFor,
  chooseCa,
  chooseSigned,
  findingText,
  looseCaFindings,
  materialBundle,
  maxRequests,
  numberedRoots,
  offeredBundle,
  parseCaMaterial,
  rootFingerprints,
  rootsInPhase,
  UserError,
  type CaMaterial,
  type CaWish,
  type ChosenCa,
  type Finding,
  type MeshConfig,
  type TrustBundle,
  type WantedRoots,
} from "../federation/index.ts";
import { readSecret } from "./config.ts";
import type { OwnOutputs } from "./ownOutputs.ts";
import { stackName } from "./peers.ts";
import { readOutputsIfThere } from "./readOutputs.ts";
import { warn } from "./warn.ts";

type CaConfig<Provider extends MeshConfig["ca"]["provider"]> = Extract<MeshConfig["ca"], { provider: Provider }>;

/** A CA for which no certificate fits yet. */
export interface PendingCa {
  kind: "pending";
  keys: number[];
  reason: string;
  /** Who signs it. */
  from: string;
  /** Whether an earlier `up` has published its request. */
  isRequested: boolean;
  bundle: undefined;
}

/** A CA that the mesh's owner has given. */
interface ExistingCa {
  kind: "existing";
  material: pulumi.Output<CaMaterial>;
  certificate: string;
  bundle: TrustBundle;
  /** Keys of CAs that are to follow it, and why none does yet. */
  successor?: { keys: number[]; reason: string };
}

/** The CA of a mesh, as it is known before anything is registered. */
export type CaPlan =
  /** Signed elsewhere, for a key of this stack. */
  | { kind: "signed"; keys: number[]; chosen: ChosenCa; bundle: TrustBundle }
  | PendingCa
  /** Signed by a root of this stack. The bundle is known after the first `up`. */
  | { kind: "own"; ca: CaConfig<"own">; wanted: WantedRoots; numbers: number[]; bundle: TrustBundle | undefined }
  | ExistingCa
  | { kind: "external"; bundle: TrustBundle | undefined };

/**
 * Plans the mesh's CA.
 * @param ofIstio the roots of an existing Istio, as far as they are known
 * @throws UserError when what a mesh has installed cannot be kept, or the configuration cannot work
 */
export async function planCa(
  config: MeshConfig,
  own: OwnOutputs,
  ofIstio: TrustBundle | undefined = undefined,
): Promise<CaPlan> {
  const { ca, rotation } = config;
  if (ca.provider === "existing") return givenCa(config);
  if (ca.provider === "external") {
    const bundle = ca.rootFile === undefined ? ofIstio : await bundleInFile(ca.rootFile, readText(ca.rootFile));
    return { kind: "external", bundle };
  }
  if (ca.provider === "own") return planOwn(ca, rotation, own);
  return ca.provider === "shared" ? planShared(ca, config, own) : planSigned(ca, config, own);
}

/** The CA in the secret key `caMaterial`. */
async function givenCa(config: MeshConfig): Promise<ExistingCa> {
  const found = await readCaMaterial(config);
  if (found) return found;
  throw new UserError("ca-material-missing", {
    subject: "caMaterial",
    problem: "it is not set, but ca.provider is existing",
    remedy: "Set it with `pulumi config set --secret caMaterial` to JSON {caCert, caKey, certChain, rootCert}",
  });
}

/** The CA in the secret key `caMaterial`, checked; undefined where it is not set. */
async function readCaMaterial({ mesh }: MeshConfig): Promise<ExistingCa | undefined> {
  const text = await readSecret("caMaterial");
  if (text === undefined) return undefined;
  const given = await parseCaMaterial(text, new Date(), mesh.trustDomain);
  const bundle = await materialBundle(given);
  return { kind: "existing", material: pulumi.secret(given), certificate: given.caCert, bundle };
}

function planOwn(ca: CaConfig<"own">, rotation: MeshConfig["rotation"], own: OwnOutputs): CaPlan {
  const { numbers } = rootsInPhase(ca.root, rotation?.next, rotation?.phase);
  const wanted = { root: ca.root, rotation };
  // A root that this `up` makes has no fingerprint yet. Its name keeps it apart from those that exist.
  const missing = numbers.filter((number) => !own.roots.some((root) => root.number === number));
  const unmade = missing.map((number) => ({ number, pem: `root ${number}, which does not exist yet` }));
  const bundle = own.contract ? offeredBundle("", wanted, [...own.roots, ...unmade]) : undefined;
  return { kind: "own", ca, wanted, numbers, bundle };
}

async function planShared(ca: CaConfig<"shared">, config: MeshConfig, own: OwnOutputs): Promise<CaPlan> {
  const stack = ca.stack.includes("/") ? ca.stack : stackName(ca.stack);
  const outputs = await readTrustOutputs(stack);
  const wish = wishOf(config, { root: ca.root, rotation: config.rotation }, ca.key, own);
  const offer = { roots: numberedRoots(outputs), certificates: certificatesFor(outputs, config.mesh.name) };
  const from = `stack "${ca.stack}"`;
  // Before its first `up`, a trust stack has no roots; afterwards a missing number is a mistake.
  const chosen = offer.roots.length === 0 ? { findings: [] } : await chooseCa(wish, offer);
  return signedOrPending(chosen, { config, own, key: ca.key, from, remedy: `run \`pulumi up --stack ${ca.stack}\`` });
}

async function planSigned(ca: CaConfig<"signed">, config: MeshConfig, own: OwnOutputs): Promise<CaPlan> {
  const { certificateFile: file } = ca;
  const wish = wishOf(config, { root: 1 }, ca.key, own);
  const chosen = existsSync(file) ? await chooseSigned(wish, file, readText(file)) : { findings: [] };
  if ("certificate" in chosen) await warn(...(await looseCaFindings(chosen.certificate, wish)));
  const remedy = `have the request of \`npm run ca -- request --mesh ${config.mesh.name}\` signed, into ${file}`;
  return signedOrPending(chosen, { config, own, key: ca.key, from: `file ${file}`, remedy });
}

function wishOf({ mesh }: MeshConfig, roots: WantedRoots, key: number, own: OwnOutputs): CaWish {
  const requests = own.requests.filter((request) => request.key <= key);
  return { ...roots, mesh: mesh.name, trustDomain: mesh.trustDomain, requests, now: new Date() };
}

/**
 * The chosen CA, or the reason why there is none. A mesh whose owner has given its CA keeps that one until then.
 * @throws UserError when the mesh has another CA: what is installed is never removed because nothing replaces it
 */
async function signedOrPending(
  chosen: ChosenCa | { findings: readonly Finding[] },
  about: { config: MeshConfig; own: OwnOutputs; key: number; from: string; remedy: string },
): Promise<CaPlan> {
  const { config, own, key, from, remedy } = about;
  if ("certificate" in chosen) {
    const used = own.requests.filter(({ pem }) => chosen.requestPem === pem).map((request) => request.key);
    return { kind: "signed", keys: lastKeys([...used, key]), chosen, bundle: chosen.bundle };
  }
  const details = chosen.findings.map(findingText).join("; ");
  const problem = details === "" ? `${from} has no certificate for its key` : `the certificate in ${from} does not fit`;
  const keys = lastKeys([...own.requests.map((request) => request.key), key].filter((k) => k <= key));
  const reason = `${problem}${details === "" ? "" : ` (${details})`}; ${remedy}`;
  const isRequested = own.requests.length > 0;
  if (!own.contract) return { kind: "pending", keys, from, reason, isRequested, bundle: undefined };
  const given = await readCaMaterial(config);
  if (given && isInstalled(given, own)) return { ...given, successor: { keys, reason } };
  throw new UserError(
    "ca-certificate-missing",
    {
      subject: `mesh "${config.mesh.name}"`,
      problem: `${problem}, so nothing is changed: Istio keeps the CA that it has`,
      remedy: `To go on, ${remedy}`,
    },
    [...chosen.findings],
  );
}

/** Numbers of keys in their order, no more than a mesh can publish requests of. */
function lastKeys(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b).slice(-maxRequests);
}

/** Whether the mesh's last `up` has installed a CA. */
function isInstalled({ certificate }: ExistingCa, { contract }: OwnOutputs): boolean {
  const [installed, given] = [contract?.mesh.ca?.pem ?? "", certificate].map((pem) => rootFingerprints(pem)[0]);
  return given !== undefined && given === installed;
}

/** What the trust stack publishes; nothing where it does not exist yet. */
async function readTrustOutputs(stack: string): Promise<Record<string, unknown>> {
  try {
    return await readOutputsIfThere(stack);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("trust-stack-unreadable", {
      subject: `trust stack "${stack}"`,
      problem: `it cannot be read (${String((error as Error).message).split("\n")[0]})`,
      remedy: "Correct the cause; Istio keeps the CA that it has",
    });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError("ca-file-unreadable", {
      subject: file,
      problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
      remedy: "Give a readable file of PEM certificates",
    });
  }
}
