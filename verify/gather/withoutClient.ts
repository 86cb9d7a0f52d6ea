import { autoPassthroughSni } from "../../federation/objects/names.ts";
import { edgeName, type Uncalled } from "../edge.ts";
import type { Hello } from "../evidence.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { sayHello } from "./clientHello.ts";

/** Looks at an edge that nobody is known to call, as far as this machine can alone: a ClientHello to each gateway. */
export async function lookWithoutClient(edge: Uncalled): Promise<string> {
  return notChecked(
    edge,
    await Promise.all(
      edge.gateways.map((gateway) => sayHello(gateway, autoPassthroughSni(edge.exportedHost, edge.port.number))),
    ),
  );
}

/** Says that an edge was not called, what to do about it, and what its gateways showed to this machine. */
export function notChecked(edge: Uncalled, hellos: Hello[]): string {
  const seen = hellos.map(
    (h) =>
      `${socketAddress(h)} ${h.outcome === "certificate" ? `shows the certificate of ${h.certificate.subjectAltNames.join(", ") || "nobody"}` : `${h.outcome === "reset" ? "breaks off a ClientHello for it" : "cannot be reached"} (${h.detail})`}`,
  );
  return `${edgeName(edge)} was not called: it has no client; declare imports[].client ({namespace, serviceAccount}) in its stack's configuration. From this machine: ${seen.join("; ") || "no gateway is known"}`;
}
