import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const engine = join(import.meta.dirname, "..", "..", "offline", "test", "engine");

/**
 * Engine tests that ask the stand-in directly (`Served`), in as few calls as it needs, whether it does as the official
 * plugin does, which would prove nothing of that plugin itself: titles by file.
 */
export function standInsOnly(): Record<string, string[]> {
  const files = readdirSync(engine, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .sort();
  const texts = files.map((path) => [path, readFileSync(join(engine, path), "utf8")] as const);
  return Object.fromEntries(
    texts
      .filter(([, text]) => text.includes("Served.start("))
      .map(([path, text]) => [
        `offline/test/engine/${path}`,
        [...text.matchAll(/^(?:test|\]\))\(\s*"([^"]+)",/gm)].map(([, title]) => title!),
      ]),
  );
}
