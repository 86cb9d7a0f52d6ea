import { autoPassthroughPort } from "../../federation/cluster/gatewayObjects.ts";
import { inline } from "../../federation/errors/userError.ts";
import { rfc1123Label } from "../../federation/objects/names.ts";
import { adopt, type Adopted } from "../../start/adopt.ts";
import { argumentError, readArguments } from "../arguments.ts";

const usage = (program: string): string => `${program} --kubeconfig FILE --mesh NAME --out DIR [OPTIONS]

Reads a mesh that federates by hand: ServiceEntries with endpoints of other meshes,
their DestinationRules and routes, AUTO_PASSTHROUGH Gateways, and the objects of
OpenShift Service Mesh 2. Writes a Pulumi project to DIR, whose first \`up\` imports
these objects and changes none. DIR/ADOPT.md tells what was found, which stack file
of this project would say the same, and what other meshes reach although nobody
declared it. Changes nothing in the cluster.

  --context C    of the kubeconfig; default its current one
  --port N       port of gateways of other meshes besides ${autoPassthroughPort}; may be repeated
  --revision R   of Istio's control plane; default the one without, or the only one`;

/** @param program how the user calls it */
export async function adoptCommand(program: string): Promise<number> {
  const { kubeconfig, context, mesh, out, port, revision } = readArguments(
    {
      kubeconfig: { type: "string" },
      context: { type: "string" },
      mesh: { type: "string" },
      out: { type: "string" },
      port: { type: "string", multiple: true, default: [] },
      revision: { type: "string" },
    },
    usage(program),
  );
  if (!kubeconfig) throw argumentError("--kubeconfig", "", "path of a kubeconfig");
  if (!out) throw argumentError("--out", "", "path of a folder");
  if (!mesh || !rfc1123Label.test(mesh)) throw argumentError("--mesh", mesh ?? "", "lower-case letters, digits and -");
  const ports = port.map((text) => {
    if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65535) throw argumentError("--port", text, "1 to 65535");
    return Number(text);
  });
  const done = await adopt({ kubeconfig, context, mesh, out, ports: [autoPassthroughPort, ...ports], revision });
  process.stdout.write(summary(done, mesh, out));
  return 0;
}

function summary({ adoption, reachable, unread }: Adopted, mesh: string, out: string): string {
  const { objects, imports, exported, left } = adoption;
  return [
    `${objects.length} objects adopted: ${imports.length} imports, ${exported.length} exported hosts`,
    ...(left.length > 0 ? [`${left.length} objects left as they are; ADOPT.md says why`] : []),
    `${reachable.hosts.length} hosts are reachable that nobody declared; ${reachable.rules.length} rules leave mTLS`,
    ...unread.map(({ object, reason }) => `not read: ${object} (${inline(reason)})`),
    `Read ${out}/ADOPT.md. Then, in ${out}:`,
    `  npm install && pulumi stack init ${mesh} && pulumi up\n`,
  ].join("\n");
}
