import { makeLeaf, makeSubCa } from "../../../support/pki.ts";
import { appsReady, callerSays } from "../echo.ts";
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
  host: string;
  /** Deployments of the echo servers behind it, whose label `app` is `echo`. */
  deployments: string[];
  /** A third mesh, whose CA signs in the name of the server. */
  other: string;
}

const namespace = "apps";

/**
 * Lets a client call impostors in the place of a service's workloads. Each shows another certificate: the honest one is
 * the control. Returns the outcomes by certificate. Afterwards the service has its workloads again.
 */
export async function forgedServers(
  world: World,
  { client, server, host, deployments, other }: ForgedServers,
): Promise<Record<string, string>> {
  const identities = Object.entries(await identitiesOf(world, { server, host, other }));
  const scaled = deployments.map((name) => `deployment/${name}`);
  const scale = (replicas: number) =>
    world.kubectl(server, ["scale", "-n", namespace, ...scaled, `--replicas=${replicas}`]);
  const place = { mesh: server, namespace, app: "echo", port: 18080 };
  const outcomes: Record<string, string> = {};
  try {
    await scale(0);
    for (const [i, [what, identity]] of identities.entries()) {
      const impostor = { ...place, name: `impostor-${i}`, identity };
      await startImpostor(world, impostor);
      outcomes[what] = await outcomeOf(world, impostor, () => callerSays(world, client, `http://${host}:8000`));
      await removeImpostor(world, impostor);
    }
  } finally {
    for (const i of identities.keys()) await removeImpostor(world, { ...place, name: `impostor-${i}` });
    await scale(1);
    await appsReady(world, server);
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
