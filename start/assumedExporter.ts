import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { federationOutput, type FederationContract } from "../federation/contract/contract.ts";
import type { Command, RunOptions } from "./command.ts";
import { stackType } from "./previewedContract.ts";

/** A project whose exporter is assumed to be up. */
export interface AssumedExporter {
  /** Folder of the project. Nothing is written there. */
  folder: string;
  exporter: string;
  importer: string;
  /** What the exporter would publish. */
  contract: FederationContract;
  /** Folder for what is needed meanwhile. */
  own: string;
}

/**
 * Makes a backend of its own in which the exporter's stack publishes a contract and the importer's is empty. The
 * importer's program, unchanged, then previews what it will see in the user's backend after the exporter's `up`.
 * @param run runs a command, which has to succeed
 * @returns the words and variables that a preview of the importer needs, in the project's folder
 */
export async function assumeExporter(
  { folder, exporter, importer, contract, own }: AssumedExporter,
  run: (command: Command, options: RunOptions) => Promise<void>,
): Promise<{ words: string[]; env: Record<string, string> }> {
  const [state, project] = ["state", "project"].map((name) => join(own, name)) as [string, string];
  for (const path of [state, project]) mkdirSync(path);
  // Pulumi writes stack files next to the project file.
  copyFileSync(join(folder, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
  const env = {
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
  };
  const pulumi = (...words: string[]): Promise<void> =>
    run(["pulumi", ...words, "--non-interactive"], { cwd: project, env, isQuiet: true });
  for (const stack of [exporter, importer]) await pulumi("stack", "init", stack, "--no-select");
  const file = join(own, "exporter.json");
  const { name } = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { name: string };
  writeFileSync(file, JSON.stringify(deploymentOf(name, exporter, contract)));
  await pulumi("stack", "import", "--stack", exporter, "--file", file);
  return { words: ["--config-file", configFile(folder, project, importer)], env };
}

/**
 * A stack that publishes a contract and has made nothing, as `pulumi stack import` reads it. A manifest without a
 * version needs no checksum.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/manifest.go (NewMagic)
 */
function deploymentOf(project: string, stack: string, contract: FederationContract): object {
  const urn = `urn:pulumi:${stack}::${project}::${stackType}::${project}-${stack}`;
  const resource = { urn, custom: false, type: stackType, outputs: { [federationOutput]: contract } };
  const manifest = { time: new Date().toISOString(), magic: "", version: "" };
  return { version: 3, deployment: { manifest, resources: [resource] } };
}

/** The project's stack file with the secrets settings of the other backend. */
function configFile(folder: string, project: string, stack: string): string {
  const [given, file] = [folder, project].map((path) => join(path, `Pulumi.${stack}.yaml`)) as [string, string];
  const [{ config }, settings] = [given, file].map((path) => parse(readFileSync(path, "utf8"))) as [any, any];
  writeFileSync(file, stringify({ ...settings, config }));
  return file;
}
