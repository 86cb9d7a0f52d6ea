import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../federation/errors/userError.ts";

/** Variable by which a user keeps Pulumi's own log of each command; see {@link prepareEngineLog}. */
export const engineLogVariable = "MESH_FEDERATION_ENGINE_LOG";

const reason = `This file keeps Pulumi from logging every request between its processes into a folder of this name.
With ${engineLogVariable}=1 the commands of this project make the folder again.
`;

/**
 * Decides whether Pulumi keeps a log of each command in folder `logs` of its home. Pulumi 3.259 does, at the most
 * detailed level, and has no setting against it; a third of the processor time of a preview of 500 imports goes there,
 * and 15 MB of disk. Where the folder cannot be made, Pulumi goes on without the log, so a file takes its place.
 *
 * Source: https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/logging/encrypted.go `StartLogging`
 *
 * @param home a Pulumi home that belongs to this project
 * @param wanted value of {@link engineLogVariable}: `1` to log; empty or `0` not to
 * @throws UserError `engine-log-invalid` for another value
 */
export function prepareEngineLog(home: string, wanted: string | undefined): void {
  if (!["", "0", "1"].includes(wanted ?? ""))
    throw new UserError("engine-log-invalid", {
      subject: engineLogVariable,
      problem: `"${wanted}" is not allowed`,
      remedy: "Set it to 1 to keep Pulumi's own log of each command, or do not set it",
    });
  const logs = join(home, "logs");
  const found = statSync(logs, { throwIfNoEntry: false });
  if (wanted === "1") {
    if (found?.isFile()) rmSync(logs, { force: true });
    return;
  }
  if (found?.isFile()) return;
  mkdirSync(home, { recursive: true });
  rmSync(logs, { recursive: true, force: true });
  try {
    writeFileSync(logs, reason, { flag: "wx" });
  } catch (error) {
    // Another command of this clone was quicker: with the file, or with Pulumi's folder.
    if (!["EEXIST", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
