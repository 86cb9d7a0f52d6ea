import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { importsOf } from "../federation/checks/brokenImports.ts";
import { parseContract, type FederationContract } from "../federation/contract/contract.ts";

/** Overrides the refusal. */
const override = "MESH_FEDERATION_ALLOW_BREAKING";

/** Reads a peer's contract; undefined when it publishes none: never deployed, or destroyed. Throws when it cannot tell. */
function contractOf(name: string, source: { stack?: string; file?: string }): FederationContract | undefined {
  if (source.file) return parseContract(JSON.parse(readFileSync(source.file, "utf8")), name);
  try {
    const text = execFileSync(
      "pulumi",
      ["stack", "output", "federation", "--json", "--non-interactive", "--stack", source.stack!],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
    );
    return parseContract(JSON.parse(text), name);
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error);
    if (/no stack named|unknown stack|not found|does not have output property/i.test(said)) return undefined;
    throw new Error(said.trim());
  }
}

/** Ends with 1 and the importers' names while a peer imports from the mesh. */
function main(): number {
  const mesh = process.env["MESH"]!;
  const peers = JSON.parse(process.env["PEERS"]!) as Record<string, { stack?: string; file?: string }>;
  if (["1", "true"].includes(process.env[override] ?? "")) return 0;
  const reasons = Object.entries(peers).flatMap(([name, source]) => {
    try {
      const contract = contractOf(name, source);
      return importsOf(mesh, contract ? [contract] : []).map(
        ({ spec }) =>
          `mesh "${name}" imports "${spec.name}" (visible to ${spec.visibleTo.join(", ")}); remove the import there and run \`pulumi up\` of that mesh first`,
      );
    } catch (error) {
      return [`whether mesh "${name}" imports from it cannot be told: ${(error as Error).message}`];
    }
  });
  if (reasons.length === 0) return 0;
  process.stderr.write(
    [
      `mesh "${mesh}" is not destroyed, and nothing of it was touched:`,
      ...reasons.map((r) => `  - ${r}`),
      `${override}=1 destroys it all the same`,
      "",
    ].join("\n"),
  );
  return 1;
}

process.exit(main());
