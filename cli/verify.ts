import { resolve } from "node:path";
import { exit, fail, readArguments, argumentError } from "./arguments.ts";
import { prepareTools } from "../workspace/tools.ts";
import { accessModes, type AccessMode } from "../verify/access.ts";
import type { VerifyOptions } from "../verify/verifyFederation.ts";
import type { MeshSource } from "../workspace/meshes.ts";
import { insideVariable, verifyInLab } from "../workspace/enterLab.ts";

const usage = `npm run verify [-- OPTIONS]

Calls each port of each import from the import's client, reports which mesh and
workload answered, and runs the negative checks. Where a call fails, it names the
first failed hop with evidence and remedy. Changes nothing.

  --stack NAME     only the imports of this stack
  --import NAME    only this import
  --access own     with the importing mesh's credentials alone; default: both,
                   where there are credentials of both sides
  --wait SECONDS   how long to retry a failing import (default 5); all imports
                   together twice as long
  --probe-pod      call from a pod of the client's service account, which is
                   deleted at the end
  --probe-image I  its image, with curl and sleep; default the sample client's
  --details        show each call in full, also of more than four imports, and
                   leave out no row and no failure
  --json           report as JSON
  --junit FILE     also write a JUnit report
  --rendered DIR   what was made is what \`npm run render\` has written to DIR; the
                   kubeconfig is that of cluster.kubeconfigPath in a stack file

Exit code 0: everything passed; 1: something failed; 2: wrong options.`;

async function main(): Promise<number> {
  const options = readArguments(
    {
      stack: { type: "string" },
      import: { type: "string" },
      access: { type: "string", default: "both" },
      wait: { type: "string", default: "5" },
      "probe-pod": { type: "boolean" },
      "probe-image": { type: "string" },
      details: { type: "boolean" },
      json: { type: "boolean" },
      junit: { type: "string" },
      rendered: { type: "string" },
    },
    usage,
  );
  const mode = options.access as AccessMode;
  const wait = Number(options.wait.trim() === "" ? NaN : options.wait);
  if (!accessModes.includes(mode)) throw argumentError("--access", mode, accessModes.join(", "));
  if (!Number.isFinite(wait) || wait < 0 || wait > 600) throw argumentError("--wait", options.wait, "0 to 600 seconds");
  const verify = async (readMeshes: MeshSource["meshes"]): Promise<number> => {
    // Loaded here, so that the process outside the lab does not load it.
    const { verifyFederation } = await import("../verify/verifyFederation.ts");
    return verifyFederation(readMeshes, verifyOptions);
  };
  const verifyOptions: VerifyOptions = {
    stack: options.stack,
    import: options.import,
    access: mode,
    wait: wait * 1000,
    probePod: options["probe-pod"] ?? false,
    probeImage: options["probe-image"],
    details: options.details ?? false,
    json: options.json ?? false,
    junit: options.junit && resolve(options.junit),
  };
  if (options.rendered !== undefined) {
    const { renderedSource } = await import("../workspace/renderedMeshSource.ts");
    return verify(renderedSource(resolve(options.rendered)).meshes);
  }
  const tools = await prepareTools();
  if (!process.env[insideVariable]) return verifyInLab(tools, process.argv.slice(2));
  const { readMeshes } = await import("../workspace/meshes.ts");
  return verify((credentials) => readMeshes(tools, credentials));
}

main().then(exit, fail);
