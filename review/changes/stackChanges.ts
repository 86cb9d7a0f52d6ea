import type { DeclaredStack } from "../revision/revision.ts";
import { settingChanges, type Change } from "./words.ts";

/**
 * Changes of a mesh stack's secrets and of the configuration keys that are not compared as meshes, exports, imports or
 * trust. Those that decide whom the mesh trusts are a part of their own.
 */
export function stackChanges(
  before: DeclaredStack,
  after: DeclaredStack,
  { compared }: { compared: boolean },
): { trust: Change[]; others: Change[] } {
  if (before.problem || after.problem) return { trust: [], others: [] };
  const all = [...secretChanges(before, after), ...plainChanges(before, after, compared)];
  const inStack = ({ sign, text }: Change): Change => ({ sign, text: `stack ${after.stack}: ${text}` });
  // Of a stack that is not compared otherwise, everything stays together.
  const trusting = all.map(({ text }) => compared && trustSetting.test(text));
  return {
    trust: all.filter((_, i) => trusting[i]).map(inStack),
    others: all.filter((_, i) => !trusting[i]).map(inStack),
  };
}

/**
 * Settings that decide whom a mesh trusts: the CA of its own, and those of a user's values for Istio. Variables of
 * istiod and of proxies count by the words of their names.
 */
const trustSetting = new RegExp(
  [
    /^(?:secret )?caMaterial\b/,
    /^istio\.values\.meshConfig\.(?:caCertificates|trustDomain|trustDomainAliases|ca)\b/,
    /^istio\.values\.global\.(?:caAddress|caName|pilotCertProvider|externalIstiod|remotePilotAddress)\b/,
    /^istio\.values\..*\b(?:[A-Z]+_)*(?:CA|CERT|CERTS|TRUST|SPIFFE|ROOT|MULTIROOT|XDS_AGENT)(?:_[A-Z]+)*\b/,
  ]
    .map(({ source }) => source)
    .join("|"),
);

function secretChanges(before: DeclaredStack, after: DeclaredStack): Change[] {
  return secretKeys(before, after).flatMap((key): Change[] => {
    const [old, now] = [before.secrets[key], after.secrets[key]];
    if (old === now) return [];
    return [{ sign: old ? (now ? "~" : "-") : "+", text: `secret ${key}${old && now ? " changed" : ""}` }];
  });
}

function secretKeys(before: DeclaredStack, after: DeclaredStack): string[] {
  return [...new Set([...Object.keys(before.secrets), ...Object.keys(after.secrets)])].sort();
}

function plainChanges(before: DeclaredStack, after: DeclaredStack, compared: boolean): Change[] {
  const told = new Set(
    secretKeys(before, after).flatMap((key) => [`${key} new (value hidden)`, `${key} removed (value hidden)`]),
  );
  const settings = (stack: DeclaredStack) => otherSettings(compared ? withoutTrust(stack.raw) : stack.raw);
  return settingChanges(settings(before), settings(after))
    .filter((text) => !told.has(text))
    .map((text) => ({ sign: "~", text }));
}

/** The configuration without the keys that are compared as meshes, exports and imports. */
function otherSettings(raw: DeclaredStack["raw"]): Record<string, unknown> {
  const { exports: _exports, imports: _imports, mesh, gateway, istio, ...rest } = raw;
  const { slot, clusterDomain } = membersOf(mesh);
  const { addresses: _addresses, port: _port, ...otherGateway } = membersOf(gateway);
  const { version: _version, istioMinor: _minor, ...otherIstio } = membersOf(istio);
  return {
    ...rest,
    ...filled({
      mesh: { ...(slot === undefined ? {} : { slot }), ...(clusterDomain === undefined ? {} : { clusterDomain }) },
      gateway: otherGateway,
      istio: otherIstio,
    }),
  };
}

/** The configuration of a mesh without the keys that are compared as trust. */
function withoutTrust({ rotation: _rotation, quarantine: _quarantine, ca, peers, ...rest }: DeclaredStack["raw"]) {
  const { provider: _provider, stack: _stack, root: _root, key: _key, ...otherCa } = membersOf(ca);
  const { certificateFile: _certificateFile, rootFile: _rootFile, ...lifetimes } = otherCa;
  const otherPeers = Object.entries(membersOf(peers)).map(([name, peer]) => {
    const { roots: _roots, trustDomain: _trustDomain, ...others } = membersOf(peer);
    return [name, others] as const;
  });
  return {
    ...rest,
    ...filled({
      ca: lifetimes,
      peers: Object.fromEntries(otherPeers),
    }),
  };
}

/** The members that are not empty. */
function filled(members: Record<string, object>): Record<string, object> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => Object.keys(value).length > 0));
}

/** Members of a mapping in an unchecked configuration; none of any other value. */
export function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
