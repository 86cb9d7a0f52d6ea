import { execFileSync } from "node:child_process";
import {
  contractOfPeer,
  federationOutput,
  importsFrom,
  UserError,
  type FederationContract,
  type Finding,
} from "../federation/index.ts";
import { readContractFile } from "../workspace/contractFile.ts";
import { exitStackNotFound, isOutputAbsent } from "./pulumiMessages.ts";

/*
 * Command of the component ExportGuard: fails while a peer imports from the mesh $MESH. $PEERS is where each peer
 * publishes its contract, as JSON.
 */

/** Environment variable that permits the deletion although peers import from the mesh. */
const override = "MESH_FEDERATION_ALLOW_BREAKING";

interface Source {
  stack?: string;
  file?: string;
}

/**
 * Reads a peer's contract; undefined when the peer publishes none, because it was never deployed or was destroyed.
 * @throws Error when that is not known
 */
function contractOf(name: string, source: Source): FederationContract | undefined {
  if (source.file) return readContractFile(name, source.file);
  const args = ["stack", "output", federationOutput, "--json", "--non-interactive", "--stack", source.stack!];
  let text: string;
  try {
    text = execFileSync("pulumi", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { status, stderr } = error as { status?: number; stderr?: string };
    const message = String(stderr ?? error);
    if (status === exitStackNotFound || isOutputAbsent(message, federationOutput)) return undefined;
    throw new Error(message.trim(), { cause: error });
  }
  return contractOfPeer(JSON.parse(text), name);
}

/** The imports of a peer from the mesh, a finding each. */
function findingsOf(mesh: string, name: string, source: Source): Finding[] {
  const subject = `mesh "${name}"`;
  try {
    const contract = contractOf(name, source);
    return importsFrom(mesh, contract ? [contract] : []).map(({ spec }) => ({
      code: "mesh-has-importers",
      subject,
      problem: `it imports "${spec.name}", visible to ${spec.visibleTo.join(", ")}`,
      remedy: "Remove the import there, and run `pulumi up` there first",
    }));
  } catch (error) {
    const problem = `whether it imports from mesh "${mesh}" is not known: ${(error as Error).message}`;
    return [{ code: "importers-unknown", subject, problem, remedy: "Make its contract readable" }];
  }
}

function main(): number {
  if (["1", "true"].includes(process.env[override] ?? "")) return 0;
  const mesh = process.env["MESH"]!;
  const peers = JSON.parse(process.env["PEERS"]!) as Record<string, Source>;
  const findings = Object.entries(peers).flatMap(([name, source]) => findingsOf(mesh, name, source));
  if (findings.length === 0) return 0;
  const error = new UserError(
    "mesh-has-importers",
    {
      subject: `mesh "${mesh}"`,
      problem: "it is not destroyed, because other meshes import from it; nothing was deleted",
      remedy: `Remove the imports first. ${override}=1 destroys it regardless`,
    },
    findings,
  );
  process.stderr.write(`${error.message}\n`);
  return 1;
}

process.exit(main());
