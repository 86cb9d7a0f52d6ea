import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mirrorVariable } from "../../../tools/releases.ts";
import { lockOf, officialReleases } from "../tools/support/officialReleases.ts";
import { ReleaseServer } from "../tools/support/releaseServer.ts";
import { cloneAt, start } from "./clone.ts";

/** A clone whose commands run a given program as Pulumi, and a folder for both, which has the program's files. */
export class EngineClone {
  readonly folder = mkdtempSync(join(tmpdir(), "engine-clone-"));
  readonly clone = cloneAt(join(this.folder, "clone"));
  private readonly server: ReleaseServer;

  private constructor(server: ReleaseServer) {
    this.server = server;
  }

  /** @param pulumi text of a program; `$CONTROL` is {@link folder} */
  static async start(pulumi: string): Promise<EngineClone> {
    const releases = officialReleases(pulumi);
    const made = new EngineClone(await new ReleaseServer(releases).start());
    writeFileSync(join(made.clone, "tools", "releases.lock.json"), lockOf(releases));
    writeFileSync(join(made.folder, "docker"), "#!/bin/sh\necho 28.0.0\n", { mode: 0o755 });
    return made;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Runs a command of the clone's `cli`. */
  async run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
    const { ended, output } = start(this.clone, command, args, {
      MESH_FEDERATION_CACHE: join(this.folder, "cache"),
      MESH_FEDERATION_SOURCE: "release",
      [mirrorVariable]: this.server.url,
      CONTROL: this.folder,
      PATH: `${this.folder}:${process.env["PATH"]}`,
    });
    return { code: await ended, output: output() };
  }
}
