import type { ContractRoot } from "../../../federation/contract/contract.ts";
import { UserError } from "../../../federation/errors/userError.ts";
import { rootFingerprints } from "../../../federation/trust/caMaterial.ts";
import { meshProgram } from "../../../infra/mesh.ts";
import { keyOf, makeRoot, makeSubCa, type Authority, type RootOptions, type SubCaOptions } from "../../support/pki.ts";
import { record } from "../components/graph.ts";
import { anExport, contract, identity } from "../federation/fixtures.ts";

export const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);

/** A root by its name. The same name has the same key. */
export const aRoot = (name: string, options: RootOptions = {}): Promise<Authority> =>
  makeRoot(name, { kind: "ec", ...options });

/** Roots as a contract has them: the second argument is the active one; those before it retire. */
export function published(roots: readonly Authority[], active = roots[0]!): ContractRoot[] {
  const position = roots.indexOf(active);
  return roots.map(({ certPem }, i) => ({
    sha256: sha(certPem),
    pem: certPem,
    use: i === position ? "active" : i < position ? "retiring" : "next",
  }));
}

export const sha = (pem: string): string => rootFingerprints(pem)[0]!;

/** What far, a mesh of another owner, publishes and pins. */
export interface Far {
  roots?: ContractRoot[];
  trustDomain?: string;
  /** Roots of east that it has anchored. */
  trusts?: Authority[];
  /** Its CA. */
  ca?: Authority;
  name?: string;
}

function contractOf({ name = "far", trustDomain = `${name}.local`, roots = [], trusts = [], ca }: Far) {
  return contract(name, [anExport({}, trustDomain)], {
    mesh: identity(name, {
      trustDomain,
      acceptedTrustDomains: ["east.local"],
      roots,
      trusts: { east: trusts.map(({ certPem }) => sha(certPem)) },
      ...(ca ? { ca: { pem: ca.certPem } } : {}),
    }),
  });
}

/** Mesh east, whose CA is in `caMaterial`, and which imports from far. */
export interface Refusable {
  /** Roots in its bundle. */
  bundle?: Authority[];
  /** The root that has signed its CA. Default: the first. */
  signer?: Authority;
  /** What its last `up` has published of itself. Default: nothing. */
  before?: { roots?: ContractRoot[]; istioMinor?: string; trusts?: Record<string, string[]>; ca?: { pem: string } };
  /** The contract of that `up`, in the place of `before`. */
  ownContract?: unknown;
  far?: Far;
  /** Another mesh, which east knows by a stack. */
  north?: Far;
  /** Pinned roots of far. Default: those of its contract. */
  pins?: string[];
  /** Values for chart istiod. */
  values?: Record<string, unknown>;
  /** Other fields of `caMaterial`. */
  material?: Record<string, unknown>;
  /** Further keys of the stack. */
  keys?: Record<string, unknown>;
  ca?: Partial<SubCaOptions>;
}

/** What a preview of east says: the codes of its refusal, or of its warnings. */
export interface Said {
  refused: string[];
  warned: string[];
}

/** Previews mesh east. */
export async function preview(given: Refusable): Promise<Said> {
  const warned: string[] = [];
  const spy = jest.spyOn(console, "warn").mockImplementation((text) => void warned.push(...codesIn(String(text))));
  try {
    await planned(given);
    return { refused: [], warned };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const details = error.details.map(({ code }) => code);
    return { refused: details.length > 0 ? [...new Set(details)] : [error.code], warned };
  } finally {
    spy.mockRestore();
  }
}

/** What a preview of mesh east would register. */
export async function planned(given: Refusable) {
  return record(meshProgram, await optionsOf(given));
}

const codesIn = (text: string): string[] => [...text.matchAll(/\[([-a-z]+)\]/g)].map(([, code]) => code!);

async function optionsOf(given: Refusable) {
  const { bundle = [await aRoot("east root")], far = {}, north, values, before } = given;
  const [theirs, other] = [contractOf(far), north && contractOf({ name: "north", ...north })];
  const pins = given.pins ?? theirs.mesh.roots.map(({ sha256 }) => sha256);
  const keys = {
    mesh: { name: "east", slot: 1, trustDomain: "east.local" },
    cluster: { provider: "kind", podSubnet: "10.10.0.0/16", serviceSubnet: "10.255.10.0/24" },
    ca: { provider: "existing" },
    caMaterial: { ...(await materialOf(bundle, given.signer ?? bundle[0]!, given.ca)), ...given.material },
    peers: { far: { stack: "theirs/mesh/far", roots: pins }, north: { stack: "theirs/mesh/north" } },
    imports: [{ name: "httpbin", from: "far", visibleTo: ["sleep"] }],
    ...(values ? { istio: { provider: "managed", values } } : {}),
    ...given.keys,
  };
  const own = before && { ...contract("east"), mesh: identity("east", { trustDomain: "east.local", ...before }) };
  const outputs: Record<string, unknown> = { far: theirs, north: other, east: given.ownContract ?? own };
  return {
    stack: "east",
    preview: true,
    config: Object.fromEntries(Object.entries(keys).map(([key, value]) => [`mesh-federation:${key}`, value])),
    secretKeys: ["mesh-federation:caMaterial"],
    invoke: (token: string, inputs: { name: string }) => {
      if (token !== "pulumi:pulumi:readStackOutputs") return {};
      const federation = outputs[inputs.name.split("/").at(-1)!];
      return { outputs: federation === undefined ? {} : { federation } };
    },
    stateOf: (type: string) => {
      if (type === "tls:index/privateKey:PrivateKey") return { privateKeyPem: keyOf("anchors") };
      return type === "tls:index/certRequest:CertRequest" ? { certRequestPem: "request" } : {};
    },
  };
}

/** `caMaterial` with a CA below one of the roots. */
export async function materialOf(bundle: readonly Authority[], signer: Authority, options: Partial<SubCaOptions> = {}) {
  const ca = await makeSubCa({ ca: signer, name: "east intermediate", ...options });
  const rootCert = bundle.map(({ certPem }) => certPem).join("");
  return { caCert: ca.certPem, caKey: ca.keyPem, certChain: ca.certPem, rootCert };
}
