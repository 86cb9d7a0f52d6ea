import { makeLeaf, makeSubCa } from "../../../support/pki.ts";
import { callerSays } from "../echo.ts";
import { eventually, type World } from "../world.ts";
import type { boundOutcomes } from "./forgedCalls.ts";
import type { ShownIdentity } from "./forger.ts";
import { impostorEnds, removeImpostor, startImpostor, type Impostor } from "./impostor.ts";
import { readMeshCa } from "./meshCa.ts";

/** A client that calls an exported service, whose workloads are replaced by impostors. */
export interface ForgedServers {
  /** Mesh of the client, which has the pod `caller`. */
  client: string;
  /** Mesh of the service, in namespace `apps`. Its first port is the one that is called. */
  server: string;
  service: string;
  host: string;
  /** A third mesh, whose CA signs in the name of the server. */
  other: string;
}

const namespace = "apps";

/**
 * Lets a client call impostors of a service. Each shows another certificate: the honest one is the control. Returns the
 * outcomes by certificate. Afterwards the service has its workloads again.
 */
export async function forgedServers(
  world: World,
  { client, server, service, host, other }: ForgedServers,
): Promise<Record<string, string>> {
  const names = Object.entries(await identitiesOf(world, { server, host, other }));
  const before = await serviceOf(world, server, service);
  const outcomes: Record<string, string> = {};
  try {
    for (const [i, [what, identity]] of names.entries()) {
      const impostor = { mesh: server, namespace, name: `impostor-${i}`, identity };
      await startImpostor(world, impostor);
      await route(world, server, service, { selector: { app: impostor.name }, targetPort: 8080 });
      outcomes[what] = await outcomeOf(world, impostor, () => callerSays(world, client, `http://${host}:8000`));
      await removeImpostor(world, impostor);
    }
  } finally {
    await route(world, server, service, before);
    for (const i of names.keys()) await removeImpostor(world, { mesh: server, namespace, name: `impostor-${i}` });
  }
  return outcomes;
}

async function identitiesOf(
  world: World,
  { server, host, other }: Pick<ForgedServers, "server" | "host" | "other">,
): Promise<Record<keyof typeof boundOutcomes, ShownIdentity>> {
  const [ca, third] = await Promise.all([readMeshCa(world, server), readMeshCa(world, other)]);
  const { mesh, exports } = (await world.outputs(server)).federation;
  const served = exports.find((exported) => exported.host === host)!.subjectAltNames[0]!;
  const inDomain = (domain: string): string => served.replace(`//${mesh.trustDomain}/`, `//${domain}/`);
  const otherDomain = (await world.outputs(other)).federation.mesh.trustDomain;
  const subCa = await makeSubCa({ ca, name: "a sub-CA", kind: "rsa" });
  const { above } = ca;
  const [yesterday, before] = [1, 2].map((days) => new Date(Date.now() - days * 86_400_000));
  return {
    honest: await makeLeaf({ ca, above, uris: [served] }),
    forged: await makeLeaf({ ca: third, above: third.above, uris: [served] }),
    // Clients accept a certificate for any of its URIs, so that only the constraint of the CA is in the way.
    "two URIs": await makeLeaf({ ca, above, uris: [served, inDomain(otherDomain)] }),
    "sub-CA": await makeLeaf({ ca: subCa, above: ca.certPem + above, uris: [served] }),
    third: await makeLeaf({ ca, above, uris: [inDomain("third.example")] }),
    expired: await makeLeaf({ ca, above, uris: [served], notBefore: before!, notAfter: yesterday! }),
  };
}

/** Calls until the impostor has answered, or a client has told it why not. */
function outcomeOf(world: World, impostor: Impostor, call: () => Promise<unknown>): Promise<string> {
  return eventually(`a call of ${impostor.name}`, 90, async () => {
    await call();
    const ends = Object.keys(await impostorEnds(world, impostor));
    if (ends.includes("answered")) return "answered";
    return ends.some((end) => end.includes("ALERT")) ? "refused" : undefined;
  });
}

/** Where the first port of a Service leads. */
interface Route {
  selector: Record<string, string>;
  targetPort: number;
}

async function serviceOf(world: World, mesh: string, service: string): Promise<Route> {
  const text = await world.kubectl(mesh, ["get", "service", "-n", namespace, service, "-o", "json"]);
  const { selector, ports } = JSON.parse(text).spec;
  return { selector, targetPort: ports[0].targetPort };
}

async function route(world: World, mesh: string, service: string, { selector, targetPort }: Route): Promise<void> {
  const patch = [
    { op: "replace", path: "/spec/selector", value: selector },
    { op: "replace", path: "/spec/ports/0/targetPort", value: targetPort },
  ];
  await world.kubectl(mesh, ["patch", "service", "-n", namespace, service, "--type=json", "-p", JSON.stringify(patch)]);
}
