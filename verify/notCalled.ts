import { autoPassthroughSni } from "../federation/objects/names.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import { edgeName, type EdgeWithoutClient } from "./edge.ts";
import type { ClientHelloResult } from "./evidence.ts";
import { sendClientHello } from "./gather/clientHello.ts";

/** Checks an edge without a client as far as this machine can: by a ClientHello to each gateway. */
export async function describeNotCalled(edge: EdgeWithoutClient): Promise<string> {
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  return notCalledText(edge, await Promise.all(edge.gateways.map((gateway) => sendClientHello(gateway, sni))));
}

/** Reports that an edge was not called, what to do about it, and what its gateways answered this machine. */
export function notCalledText(edge: EdgeWithoutClient, clientHellos: ClientHelloResult[]): string {
  const gateways = clientHellos.map((hello) => `${socketAddress(hello)} ${outcomeOf(hello)}`).join("; ");
  return [
    `${edgeName(edge)} was not called: it has no client`,
    "declare imports[].client ({namespace, serviceAccount}) in its stack's configuration",
    `from this machine: ${gateways || "no gateway is known"}`,
  ].join("; ");
}

function outcomeOf(hello: ClientHelloResult): string {
  switch (hello.outcome) {
    case "certificate":
      return `shows the certificate of ${hello.certificate.subjectAltNames.join(", ") || "no SPIFFE identity"}`;
    case "reset":
      return `resets a ClientHello for it (${hello.detail})`;
    case "unreachable":
      return `cannot be reached (${hello.detail})`;
  }
}
