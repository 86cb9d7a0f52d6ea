import type { ClientTls, RuleTls, TlsModes, TlsSettings } from "../federation/checks/liveCluster.ts";

/** What a DestinationRule, or one of its subsets, says of TLS. */
interface TrafficPolicy {
  tls?: Partial<TlsSettings>;
  portLevelSettings?: { port?: { number?: number }; tls?: Partial<TlsSettings> }[];
}

/** The TLS settings that a client of a DestinationRule uses. Those without a mode have DISABLE, the zero value. */
export function clientTls(spec: Record<string, any>): ClientTls {
  return settingsOf((spec["trafficPolicy"] ?? {}) as TrafficPolicy);
}

/** The TLS modes of a DestinationRule. */
export function ruleTls(spec: Record<string, any>): RuleTls {
  const subsets = (spec["subsets"] ?? []) as { name: string; trafficPolicy?: TrafficPolicy }[];
  return {
    rule: spec["trafficPolicy"] && modesOf(clientTls(spec)),
    subsets: new Map(subsets.map(({ name, trafficPolicy = {} }) => [name, modesOf(settingsOf(trafficPolicy))])),
  };
}

function settingsOf({ tls, portLevelSettings = [] }: TrafficPolicy): ClientTls {
  return {
    all: tls && complete(tls),
    ports: new Map(portLevelSettings.map(({ port, tls: own }) => [port?.number ?? 0, own && complete(own)])),
  };
}

function complete({ mode = "DISABLE", sni = "", subjectAltNames = [] }: Partial<TlsSettings>): TlsSettings {
  return { mode, sni, subjectAltNames };
}

/** The modes of settings. A port whose settings say nothing of TLS has the mode of all. */
function modesOf({ all, ports }: ClientTls): TlsModes {
  const ofPorts = [...ports].flatMap(([port, tls]): [number, string][] => (tls ? [[port, tls.mode]] : []));
  return { all: all?.mode, ports: new Map(ofPorts) };
}
