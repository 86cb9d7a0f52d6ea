import { compare } from "./compare.ts";
import { loss } from "./loss.ts";

/* `npm run bench -- NAME`: runs a benchmark, by default `up`. */

const benchmarks: Record<string, () => Promise<void>> = { up: compare, loss };

async function main(name = "up"): Promise<void> {
  const benchmark = benchmarks[name];
  if (!benchmark) throw new Error(`no benchmark is called "${name}"; there are ${Object.keys(benchmarks).join(", ")}`);
  await benchmark();
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exit(1);
  },
);
