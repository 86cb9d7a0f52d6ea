import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { testProgram } from "./testProgram.ts";

/** A new one per run, so that a run never uses the server of another run. */
const token = randomUUID();

/** Attempts to start a server; another process may take a port before the server listens. */
const attempts = 3;

/**
 * A real Kubernetes API server with etcd and a controller manager, on loopback. It stores, validates and deletes
 * objects as in a cluster. It has no node, so no pod starts. Its programs are in MESH_FEDERATION_TEST_BIN.
 */
export class ApiServer {
  readonly kubeconfig: string;
  readonly address: string;
  private readonly processes: ChildProcess[];
  private readonly folder: string;

  private constructor(folder: string, processes: ChildProcess[], address: string, kubeconfig: string) {
    this.folder = folder;
    this.processes = processes;
    this.address = address;
    this.kubeconfig = kubeconfig;
  }

  static async start(): Promise<ApiServer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ApiServer.startOnce();
      } catch (error) {
        if (attempt === attempts || !/address already in use/.test((error as Error).message)) throw error;
      }
    }
  }

  private static async startOnce(): Promise<ApiServer> {
    const folder = mkdtempSync(join(tmpdir(), "mesh-federation-api-"));
    const [client, peer, port] = await freePorts(3);
    const start = (program: string, args: string[]): ChildProcess => {
      const log = openSync(join(folder, `${program}.log`), "a");
      return spawn(testProgram(program), args, { stdio: ["ignore", log, log] });
    };
    const etcd = start("etcd", [
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      "--unsafe-no-fsync",
    ]);
    const key = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    writeFileSync(join(folder, "sa.key"), key.privateKey, { mode: 0o600 });
    writeFileSync(join(folder, "sa.pub"), key.publicKey);
    writeFileSync(join(folder, "tokens.csv"), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
    const server = start("kube-apiserver", [
      `--etcd-servers=http://127.0.0.1:${client}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--cert-dir=${join(folder, "certs")}`,
      "--service-cluster-ip-range=10.255.0.0/24",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${join(folder, "sa.pub")}`,
      `--service-account-signing-key-file=${join(folder, "sa.key")}`,
      `--token-auth-file=${join(folder, "tokens.csv")}`,
      "--authorization-mode=AlwaysAllow",
      "--disable-admission-plugins=ServiceAccount",
    ]);
    const address = `https://127.0.0.1:${port}`;
    const started = new ApiServer(folder, [server, etcd], address, "");
    try {
      await started.untilReady();
    } catch (error) {
      await started.stop();
      throw error;
    }
    const kubeconfig = kubeconfigFor(address, readFileSync(join(folder, "certs", "apiserver.crt"), "utf8"));
    writeFileSync(join(folder, "kubeconfig"), kubeconfig, { mode: 0o600 });
    // Needed for Deployments, endpoints, foreground deletion and namespace deletion. No kubelet reports node status.
    const controllers = start("kube-controller-manager", [
      `--kubeconfig=${join(folder, "kubeconfig")}`,
      "--leader-elect=false",
      "--secure-port=0",
      "--controllers=*,-node-lifecycle-controller",
      `--service-account-private-key-file=${join(folder, "sa.key")}`,
    ]);
    return new ApiServer(folder, [controllers, server, etcd], address, kubeconfig);
  }

  async stop(): Promise<void> {
    for (const child of this.processes) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.kill("SIGTERM"))
        await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
      if (child.exitCode === null) child.kill("SIGKILL");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends a request as an administrator. Resolves for any status. */
  request(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<{ status: number; body: any }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": contentType };
      const call = request(this.address + path, { method, rejectUnauthorized: false, headers }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () =>
          resolve({ status: answer.statusCode!, body: text.startsWith("{") ? JSON.parse(text) : text }),
        );
      });
      call.on("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Applies an object as a field manager. Throws when the server rejects it. */
  async apply(path: string, object: object, manager = "test"): Promise<any> {
    const { status, body } = await this.request(
      "PATCH",
      `${path}?fieldManager=${manager}&force=true`,
      object,
      "application/apply-patch+yaml",
    );
    if (status >= 300) throw new Error(`${path}: ${body.message ?? body}`);
    return body;
  }

  private async untilReady(): Promise<void> {
    const ready = () =>
      this.request("GET", "/readyz").then(
        (answer) => answer.status === 200,
        () => false,
      );
    for (const until = Date.now() + 120_000; !(await ready()); await sleep(200)) {
      const dead = this.processes.find((child) => child.exitCode !== null);
      if (!dead && Date.now() < until) continue;
      const log = ["etcd", "kube-apiserver"]
        .map((name) => readFileSync(join(this.folder, `${name}.log`), "utf8").slice(-1500))
        .join("\n");
      throw new Error(`the API server ${dead ? "ended" : "did not start in 120 s"}:\n${log}`);
    }
  }
}

function kubeconfigFor(server: string, certificate: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    clusters: [
      { name: "test", cluster: { server, "certificate-authority-data": Buffer.from(certificate).toString("base64") } },
    ],
    users: [{ name: "admin", user: { token } }],
  });
}

/** Free ports of loopback. All are held until the last is found, because the system reuses a released port soon. */
async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer());
  await Promise.all(
    probes.map(
      (probe) => new Promise<void>((resolve, reject) => probe.on("error", reject).listen(0, "127.0.0.1", resolve)),
    ),
  );
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports;
}
