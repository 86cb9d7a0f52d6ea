/** A Gateway object that passes mTLS through. */
export interface PassthroughGateway {
  /** `namespace/name`. */
  object: string;
  namespace: string;
  selector: Record<string, string>;
  hosts: string[];
  /** Whether this project made it. */
  ours: boolean;
}

/**
 * The Gateway object of a host: the one that names it, else one whose wildcard covers it, else this project's own, which
 * ought to name it, else any. Undefined: there is none.
 */
export function gatewayFor(gateways: PassthroughGateway[], host?: string): PassthroughGateway | undefined {
  const covers = (name: string): boolean => host !== undefined && name.startsWith("*") && host.endsWith(name.slice(1));
  return (
    gateways.find((g) => host !== undefined && g.hosts.includes(host)) ??
    gateways.find((g) => g.hosts.some(covers)) ??
    gateways.find((g) => g.ours) ??
    gateways[0]
  );
}
