/** An address with a port, as Envoy and URLs write it: an IPv6 address in brackets. */
export function socketAddress({ address, port }: { address: string; port: number }): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
