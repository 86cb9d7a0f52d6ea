import * as pulumi from "@pulumi/pulumi";
import { CaRequest, MeshTrust } from "../components/index.ts";
import {
  bundleText,
  chooseCa,
  contractRoots,
  requestsOutput,
  rootsOutput,
  UserError,
  type CaMaterial,
  type ChosenCa,
  type ContractRoot,
  type MeshConfig,
  type NumberedRequest,
} from "../federation/index.ts";
import type { CaPlan } from "./ca.ts";

/** The CA of a mesh with its resources. */
export interface MeshCa {
  /** What Istio signs with; undefined where Istio does not sign, or there is no certificate yet. Secret. */
  material: pulumi.Output<CaMaterial> | undefined;
  /** For the contract; undefined while they are not known. */
  roots: pulumi.Output<ContractRoot[]>;
  certificate: pulumi.Output<string | undefined>;
  /** Outputs of the stack by which others sign, or see what signs. */
  outputs: Record<string, pulumi.Output<unknown>>;
}

/** Registers the keys of a mesh's CA, and its roots where they are its own. */
export function createCa(config: MeshConfig, plan: CaPlan): MeshCa {
  const none = pulumi.output<string | undefined>(undefined);
  if (plan.kind === "external") {
    const roots = plan.bundle ? contractRoots(plan.bundle) : [];
    return { material: undefined, roots: pulumi.output(roots), certificate: none, outputs: {} };
  }
  const numbers = plan.kind === "own" ? [plan.ca.key] : plan.kind === "existing" ? plan.successor?.keys : plan.keys;
  const keys = (numbers ?? []).map((number) => ({ number, ca: caRequest(config, number) }));
  const held = pulumi.all(
    keys.map(({ number, ca }) => ({ key: number, pem: ca.requestPem, keyPem: ca.privateKeyPem })),
  );
  const requests = pulumi.unsecret(held.apply((all) => all.map(({ key, pem }) => ({ key, pem }))));
  const outputs: MeshCa["outputs"] = numbers ? { [requestsOutput]: requests } : {};
  if (plan.kind === "pending") return { material: undefined, roots: pulumi.output([]), certificate: none, outputs };
  if (plan.kind === "own") return ownCa(config, plan, held);
  const { bundle } = plan;
  const roots = pulumi.output(contractRoots(bundle));
  if (plan.kind === "existing") {
    const material = plan.material.apply((given) => ({ ...given, rootCert: bundleText(bundle) }));
    return { material: pulumi.secret(material), roots, certificate: pulumi.output(plan.certificate), outputs };
  }
  const { chosen } = plan;
  return {
    material: pulumi.secret(held.apply((all) => materialOf(config.mesh.name, chosen, all))),
    roots,
    certificate: pulumi.output(chosen.certificate),
    outputs,
  };
}

/** A key of the mesh's CA. The first has no number in its name. */
function caRequest({ mesh, ca }: MeshConfig, number: number): CaRequest {
  const organization = ca.provider === "own" ? ca.organization : undefined;
  return new CaRequest(number === 1 ? "ca" : `ca-${number}`, { mesh: mesh.name, organization });
}

/** A key with its request. */
interface HeldKey extends NumberedRequest {
  /** Secret. */
  keyPem: string;
}

/** A CA whose root this stack makes. */
function ownCa(
  { mesh }: MeshConfig,
  { ca, wanted, numbers }: Extract<CaPlan, { kind: "own" }>,
  held: pulumi.Output<HeldKey[]>,
): MeshCa {
  const requests = pulumi.unsecret(held.apply((all) => all.map(({ key, pem }) => ({ key, pem }))));
  const { provider: _provider, root: _root, key: _key, ...settings } = ca;
  const toSign = requests.apply((all) => ({
    [mesh.name]: { trustDomain: mesh.trustDomain, requests: all.map(({ pem }) => pem) },
  }));
  const trust = new MeshTrust("trust", {
    requests: toSign,
    generations: numbers,
    locality: mesh.name,
    ...settings,
  });
  const chosen = pulumi.all([trust.roots, trust.certificates, requests]).apply(async ([roots, certificates, known]) => {
    const wish = { ...wanted, mesh: mesh.name, trustDomain: mesh.trustDomain, requests: known, now: new Date() };
    const found = await chooseCa(wish, { roots, certificates: certificates[mesh.name] ?? [] });
    if ("certificate" in found) return found;
    throw new UserError(
      "ca-certificate-missing",
      {
        subject: `mesh "${mesh.name}"`,
        problem: "its own root has issued no CA that fits it",
        remedy: "Correct the details",
      },
      [...found.findings],
    );
  });
  const material = pulumi.all([chosen, held]).apply(([ca, keys]) => materialOf(mesh.name, ca, keys));
  return {
    material: pulumi.secret(material),
    roots: chosen.apply(({ bundle }) => contractRoots(bundle)),
    certificate: chosen.certificate,
    outputs: { [rootsOutput]: trust.roots, [requestsOutput]: requests },
  };
}

/**
 * Istio's secret. The key is that of the certificate's request, whatever was planned before the keys were there.
 * @throws UserError when the stack has no such key
 */
function materialOf(mesh: string, chosen: ChosenCa, keys: readonly HeldKey[]): CaMaterial {
  const used = keys.find(({ pem }) => pem === chosen.requestPem);
  if (!used)
    throw new UserError("ca-certificate-key-differs", {
      subject: `mesh "${mesh}"`,
      problem: "the key of its CA has changed since the certificate was signed",
      remedy: "Run `pulumi up` of the stack again, and have the new request signed",
    });
  const { bundle, certificate, chain } = chosen;
  return { caCert: certificate, caKey: used.keyPem, certChain: chain, rootCert: bundleText(bundle) };
}
