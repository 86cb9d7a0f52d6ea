import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ProcessArguments } from "../support/processArguments.ts";
import type { World } from "../support/world.ts";

const identity =
  /By=spiffe:\/\/cluster\.local\/ns\/httpbin\/sa\/httpbin;.*URI=spiffe:\/\/cluster\.local\/ns\/sleep\/sa\/sleep/;

/** Expects the output of an `up` that ends with a successful call. */
export function expectFederatedCall(output: string): void {
  expect(output).toMatch(/status 200/);
  expect(output).toMatch(identity);
  expect(output).toMatch(/endpoint \d+\.\d+\.\d+\.\d+:15443 HEALTHY/);
}

/** From nothing to a successful call, without a readable secret on the way. */
export function firstUp(world: World): void {
  let commandLines = "";

  test("npm run up in a fresh clone ends with a 200 and both identities", async () => {
    const watch = new ProcessArguments();
    const { output, seconds } = await world.clone.must("up").finally(() => (commandLines = watch.stop()));
    expectFederatedCall(output);
    // The first command of the clone chose the source; later commands keep it while a stack is up.
    expect(output).toMatch(/source: (registry|release).*trust/);
    process.stderr.write(`first up: ${Math.round(seconds)} s\n`);
  });

  test("no secret is readable in state, logs, process arguments or previews", async () => {
    const { kubeconfig } = await world.outputs("east");
    const keysIn = async (stack: string) =>
      privateKeys(
        (await world.clone.must("pulumi", ["stack", "export", "--show-secrets", "--stack", stack], {}, true)).output,
      );
    const keys = await Promise.all(["trust", "west", "east"].map(keysIn));
    // The root's key in the trust stack alone, and the key of each CA in its mesh's alone.
    expect(keys.map((found) => found.length)).toEqual([1, 1, 1]);
    const caKeys = [...new Set(keys.flat())];
    expect(caKeys).toHaveLength(3);
    const clientKey = /client-key-data: (\S+)/.exec(kubeconfig)![1]!;
    const passphrase = readFileSync(join(world.clone.folder, ".federation", "passphrase"), "utf8").trim();
    const secrets = [
      passphrase,
      clientKey,
      ...caKeys.flatMap((key) => [key.split("\n").at(-5)!, Buffer.from(key).toString("base64").slice(0, 200)]),
    ];
    expect(secrets.every((secret) => secret.length >= 20)).toBe(true);
    const found = (text: string): string[] => secrets.filter((secret) => text.includes(secret));
    expect(commandLines).toMatch(/pulumi up .*--stack west/);
    expect(found(commandLines)).toEqual([]);
    for (const stack of ["trust", "west", "east"]) {
      const { output } = await world.clone.must(
        "pulumi",
        ["preview", "--diff", "--show-sames", "--stack", stack],
        {},
        true,
      );
      expect([stack, found(output)]).toEqual([stack, []]);
    }
    for (const file of filesBelow(join(world.clone.folder, ".federation")))
      expect([file, found(readFileSync(file, "latin1"))]).toEqual([file, []]);
    // Control: the search finds a secret.
    expect(found(passphrase)).toEqual([passphrase]);
  });
}

/** Every file that the project wrote, except the engine's data and the passphrase. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (["engine", "passphrase", "compiled", "charts"].includes(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() && statSync(path).size < 50 << 20 ? [path] : [];
  });
}

/** The private keys in a stack's exported state. A secret is JSON within JSON there, so its line ends are escaped. */
function privateKeys(state: string): string[] {
  const keys = [...state.matchAll(/-----BEGIN RSA PRIVATE KEY-----.+?-----END RSA PRIVATE KEY-----/gs)].map(([key]) =>
    key.replace(/\\+n/g, "\n"),
  );
  return [...new Set(keys)];
}
