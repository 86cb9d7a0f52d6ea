import { symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installStandIns } from "../../../offline/builds/standIns.ts";
import { prepareEngineLog } from "../../../workspace/engineLog.ts";

/** Variables by which program and plugins of all tests share what Node compiled. */
export const sharedCompilation = { NODE_COMPILE_CACHE: join(tmpdir(), "mesh-federation-test-compiled") };

/**
 * Installs the plugins under test into a Pulumi home, which keeps no log of each command: those of
 * MESH_FEDERATION_TEST_PLUGIN_HOME if it is set, otherwise the stand-ins.
 */
export function installTestPlugins(home: string): void {
  prepareEngineLog(home, "");
  const given = process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"];
  if (given) return symlinkSync(join(given, "plugins"), join(home, "plugins"));
  const helm = process.env["MESH_FEDERATION_HELM"];
  if (!helm)
    throw new Error("MESH_FEDERATION_HELM is not set: run these tests with `npm run test:engine`, which prepares Helm");
  installStandIns(helm, home);
}
