import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { findLab, type Lab } from "../../../offline/lab/index.ts";
import { labPaths } from "../../../offline/lab/paths.ts";
import type { FederationContract } from "../../../federation/contract/contract.ts";
import { Clone, jsonIn } from "./clone.ts";

/** The outputs of a mesh stack that the tests read. */
export interface MeshOutputs {
  federation: FederationContract;
  kubeconfig: string;
}

/** Errors of kubectl on a busy machine that a retry resolves. */
const transient = new RegExp(
  [
    "error dialing backend",
    "unable to upgrade connection",
    "TLS handshake timeout",
    "was refused - did you specify",
    "unable to return a response in time",
    "failed calling webhook",
    "etcdserver: (request timed out|leader changed)",
    "client connection lost",
  ].join("|"),
);

/** Shared by all scenarios: one clone with its lab, and access to its clusters. */
export class World {
  readonly clone = new Clone();

  /** Environment and argv prefix of the clone's lab; empty without a lab. */
  async lab(): Promise<Lab> {
    return (await findLab(this.clone.folder)) ?? { enter: [], env: {} };
  }

  /** Runs kubectl in the control-plane node of a mesh's cluster, so the machine needs no kubectl. */
  async kubectl(mesh: string, args: string[], input?: string): Promise<string> {
    const { env } = await this.lab();
    for (let tries = 3; ; await new Promise((done) => setTimeout(done, 1000)))
      try {
        return run(
          "docker",
          ["exec", "-i", `${mesh}-control-plane`, "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", ...args],
          env,
          input,
        );
      } catch (error) {
        if (--tries === 0 || !transient.test(String(error))) throw error;
      }
  }

  /** Applies objects to a mesh's cluster. */
  async apply(mesh: string, ...objects: unknown[]): Promise<void> {
    await this.kubectl(mesh, ["apply", "-f", "-"], objects.map((object) => JSON.stringify(object)).join("\n---\n"));
  }

  /** Runs a command on a mesh's node: outside every mesh, in the network of the nodes. */
  async onNode(mesh: string, command: string[]): Promise<{ code: number; output: string }> {
    const { env } = await this.lab();
    const done = spawnSync("docker", ["exec", `${mesh}-control-plane`, ...command], {
      env: { ...process.env, ...env },
      encoding: "utf8",
      timeout: 60_000,
    });
    return { code: done.status ?? -1, output: done.stdout + done.stderr };
  }

  /** HTTP status that the sample client of a mesh gets from a URL; 0 without an answer. */
  async callFrom(mesh: string, url: string): Promise<number> {
    const text = await this.kubectl(mesh, [
      ...["exec", "-n", "sleep", "deploy/sleep", "-c", "sleep", "--", "sh", "-c"],
      `curl -s -o /dev/null --max-time 5 -w '%{http_code}' ${url} || true`,
    ]);
    return Number(text);
  }

  /** Kills the lab's engine with all its containers, as a crash would. */
  killEngine(): void {
    const { pid } = JSON.parse(readFileSync(labPaths(this.clone.folder).record, "utf8")) as { pid: number };
    process.kill(pid, "SIGKILL");
  }

  /** Names of all containers of the lab's engine, running or not. */
  async containers(): Promise<string[]> {
    const { env } = await this.lab();
    return run("docker", ["ps", "-a", "--format", "{{.Names}}"], env).split("\n").filter(Boolean).sort();
  }

  async outputs(stack: string): Promise<MeshOutputs> {
    const { output } = await this.clone.must(
      "pulumi",
      ["stack", "output", "--json", "--show-secrets", "--stack", stack],
      {},
      true,
    );
    return jsonIn<MeshOutputs>(output);
  }

  /** URNs of a stack's resources, and its pending operations. */
  async resources(stack: string): Promise<{ urns: string[]; pending: unknown[] }> {
    const { output } = await this.clone.must("pulumi", ["stack", "export", "--stack", stack], {}, true);
    const { deployment } = jsonIn<{ deployment: { resources?: { urn: string }[]; pending_operations?: unknown[] } }>(
      output,
    );
    return {
      urns: (deployment.resources ?? []).map((r) => r.urn).sort(),
      pending: deployment.pending_operations ?? [],
    };
  }

  /** Removes what a failed scenario left. */
  async end(): Promise<void> {
    if (readdirSync(this.clone.folder).includes(".federation")) await this.clone.run("down");
    this.clone.remove();
  }
}

/** Retries `test` until it resolves to a value. Throws after `seconds`, with the last error. */
export async function eventually<T>(what: string, seconds: number, test: () => Promise<T | undefined>): Promise<T> {
  let last: unknown;
  for (
    const until = Date.now() + seconds * 1000;
    Date.now() < until;
    await new Promise((done) => setTimeout(done, 500))
  ) {
    try {
      const found = await test();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${what}: not within ${seconds} s${last ? ` (${String(last)})` : ""}`);
}

/** A program's output. */
export function run(command: string, args: string[], env: Record<string, string>, input?: string): string {
  return execFileSync(command, args, {
    env: { ...process.env, ...env },
    encoding: "utf8",
    input,
    stdio: ["pipe", "pipe", "pipe"],
    maxBuffer: 64 << 20,
    timeout: 300_000,
  });
}

/** Runs a program to its end without blocking. */
export function runAsync(command: string, args: string[], env: Record<string, string>, input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`${command} ${args.slice(0, 4).join(" ")} ended with ${code}: ${output.slice(-2000)}`)),
    );
    child.stdin.end(input);
  });
}
