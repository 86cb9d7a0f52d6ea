import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { World } from "./world.ts";

const prefix = "mesh-federation:";

function fileOf(world: World, stack: string): string {
  return join(world.clone.folder, "stacks", `Pulumi.${stack}.yaml`);
}

/** Writes a stack file from configuration keys without their prefix. */
export function writeStack(world: World, stack: string, config: Record<string, unknown>): void {
  writeFileSync(
    fileOf(world, stack),
    stringify({ config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`${prefix}${key}`, value])) }),
  );
}

/** Configuration keys of a stack file, without their prefix. */
export function readStack(world: World, stack: string): Record<string, any> {
  const { config } = parse(readFileSync(fileOf(world, stack), "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.slice(prefix.length), value]));
}

/** Changes a stack file. */
export function editStack(world: World, stack: string, change: (config: Record<string, any>) => void): void {
  const config = readStack(world, stack);
  change(config);
  writeStack(world, stack, config);
}

/** Runs `work` with a changed stack file, then restores the file. */
export async function withStack<T>(
  world: World,
  stack: string,
  change: (config: Record<string, any>) => void,
  work: () => Promise<T>,
): Promise<T> {
  const before = readFileSync(fileOf(world, stack), "utf8");
  editStack(world, stack, change);
  try {
    return await work();
  } finally {
    writeFileSync(fileOf(world, stack), before);
  }
}
