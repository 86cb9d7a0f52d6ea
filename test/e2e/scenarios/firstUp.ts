import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ProcessArguments } from "../support/processArguments.ts";
import type { World } from "../support/world.ts";

const identity = /By=spiffe:\/\/cluster\.local\/ns\/httpbin\/sa\/httpbin;.*URI=spiffe:\/\/cluster\.local\/ns\/sleep\/sa\/sleep/;

/** What `npm run up` prints when all is well. */
export function expectFederatedCall(output: string): void {
  expect(output).toMatch(/status 200/);
  expect(output).toMatch(identity);
  expect(output).toMatch(/endpoint \d+\.\d+\.\d+\.\d+:15443 HEALTHY/);
}

/** From nothing to the 200, and what must not be seen on the way. */
export function firstUp(world: World): void {
  let commandLines = "";

  test("npm run up in a bare clone ends with a 200 and both identities", async () => {
    const watch = new ProcessArguments();
    const { output, seconds } = await world.clone.must("up").finally(() => (commandLines = watch.stop()));
    expectFederatedCall(output);
    // The first command of the clone chose it; every later one keeps to that while something is up.
    expect(output).toMatch(/source: (registry|release), as before: trust came up with it/);
    process.stderr.write(`first up: ${Math.round(seconds)} s\n`);
  });

  test("no secret is readable in state, logs or process arguments", async () => {
    const { kubeconfig } = await world.outputs("east");
    const trust = await world.clone.must("pulumi", ["stack", "output", "--json", "--show-secrets", "--stack", "trust"], {}, true);
    const { intermediates } = JSON.parse(trust.output.slice(trust.output.indexOf("{"))) as { intermediates: Record<string, { caKey: string }> };
    const clientKey = /client-key-data: (\S+)/.exec(kubeconfig)![1]!;
    const passphrase = readFileSync(join(world.clone.folder, ".federation", "passphrase"), "utf8").trim();
    const secrets = [passphrase, clientKey, ...Object.values(intermediates).flatMap(({ caKey }) => [caKey.split("\n")[5]!, Buffer.from(caKey).toString("base64").slice(0, 200)])];
    expect(secrets.every((secret) => secret.length >= 20)).toBe(true);
    const found = (text: string): string[] => secrets.filter((secret) => text.includes(secret));
    expect(found(commandLines)).toEqual([]);
    for (const file of filesBelow(join(world.clone.folder, ".federation"))) expect([file, found(readFileSync(file, "latin1"))]).toEqual([file, []]);
    // The search itself works: the passphrase is found where it belongs.
    expect(found(passphrase)).toEqual([passphrase]);
  });
}

/** Every file that the project wrote, without the engine's own data and the passphrase itself. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (["engine", "passphrase", "compiled", "charts"].includes(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() && statSync(path).size < 50 << 20 ? [path] : [];
  });
}
