import type { StackFile } from "../infra/stackFiles.ts";

/** Order in which nothing is taken away while somebody imports it; meshes that import from each other in any order. */
export function importersFirst(stacks: StackFile[]): StackFile[] {
  const left = [...stacks];
  const ordered: StackFile[] = [];
  while (left.length > 0) {
    const free = left.findIndex((s) => !left.some((other) => other !== s && other.importsFrom.includes(s.name)));
    ordered.push(...left.splice(Math.max(free, 0), 1));
  }
  return ordered;
}
