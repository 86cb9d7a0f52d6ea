/** A Gateway object that passes mTLS through. */
export interface PassthroughGateway {
  /** `namespace/name`. */
  object: string;
  namespace: string;
  selector: Record<string, string>;
  hosts: string[];
  /** Whether this project manages it. */
  managed: boolean;
}

/**
 * The Gateway object of a host: the one that names it, else one whose wildcard covers it, else one of this project,
 * which should name it, else any. Undefined: there is none.
 */
export function gatewayFor(gateways: PassthroughGateway[], host?: string): PassthroughGateway | undefined {
  const covers = (name: string): boolean => host !== undefined && name.startsWith("*") && host.endsWith(name.slice(1));
  return (
    gateways.find((g) => host !== undefined && g.hosts.includes(host)) ??
    gateways.find((g) => g.hosts.some(covers)) ??
    gateways.find((g) => g.managed) ??
    gateways[0]
  );
}
