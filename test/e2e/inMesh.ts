import { join } from "node:path";
import type { Clone } from "./clone.ts";

/** What an attempt to call came to. */
export interface Attempt {
  status: number;
  error: string;
}

/**
 * Runs a small program of this folder inside the lab's network of a clone, with the kubeconfig of a mesh, and returns
 * the JSON it prints. Clusters of the lab can be reached from there only.
 */
export async function inLab<T>(clone: Clone, program: string, args: string[]): Promise<T> {
  const finished = await clone.must("in-lab", [join("test", "e2e", "programs", program), ...args]);
  const line = finished.output.trim().split("\n").findLast((l) => l.startsWith("{") || l.startsWith("["));
  if (!line) throw new Error(`${program} printed no JSON: ${finished.output.slice(-2000)}`);
  return JSON.parse(line) as T;
}
