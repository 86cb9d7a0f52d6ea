import { compare } from "./compare.ts";
import { loss } from "./loss.ts";
import { scale } from "./scale.ts";

/* `npm run bench -- NAME [WORDS]`: runs a benchmark, by default `up`. */

const benchmarks: Record<string, (...words: string[]) => Promise<void>> = { up: compare, loss, scale };

async function main(name = "up", ...words: string[]): Promise<void> {
  const benchmark = benchmarks[name];
  if (!benchmark) throw new Error(`no benchmark is called "${name}"; there are ${Object.keys(benchmarks).join(", ")}`);
  await benchmark(...words);
}

main(...process.argv.slice(2)).then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exit(1);
  },
);
