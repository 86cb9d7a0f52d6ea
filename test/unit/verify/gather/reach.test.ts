import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import { failed } from "../../../../verify/evidence.ts";
import { relay, type StartCommand } from "../../../../verify/gather/podRelay.ts";
import { Reach } from "../../../../verify/gather/reach.ts";
import { makeLeaf, makeRoot, makeSubCa } from "../../../support/pki.ts";

const sni = "outbound_.80_._.x.y.svc.cluster.local";
const uri = "spiffe://west.local/ns/a/sa/b";

/** What nc does, without nc: no word about the connection, and an exit code. */
const nc = `#!/usr/bin/bash
exec 3<>"/dev/tcp/$1/$2" || exit 1
exec 4<&0
/usr/bin/cat <&4 >&3 & /usr/bin/cat <&3 & wait -n
kill $(jobs -p); exit 0
`;

const cleanUp: (() => unknown)[] = [];
afterEach(() => Promise.all(cleanUp.splice(0).map((step) => step())));

/** Starts commands on this machine, as a container with these programs does. Its network has the gateway at `port`. */
function container(programs: string[], port: number) {
  const bin = mkdtempSync(join(tmpdir(), "relay-"));
  cleanUp.push(() => rmSync(bin, { recursive: true }));
  for (const name of programs)
    if (name === "nc") writeFileSync(join(bin, name), nc, { mode: 0o755 });
    else symlinkSync(`/usr/bin/${name}`, join(bin, name));
  const started: string[] = [];
  const ended: Promise<unknown>[] = [];
  const start: StartCommand = ([, dash, script, name, address], stdin, output) => {
    started.push(address!);
    const child = spawn("/bin/sh", [dash!, script!, name!, address!, String(port)], { env: { PATH: bin } });
    stdin.pipe(child.stdin).on("error", () => undefined);
    child.stdout.pipe(output);
    const result = new Promise<{ stdout: string; stderr: string; code: number }>((resolve) =>
      child.on("close", (code) => resolve({ stdout: "", stderr: "", code: code ?? 1 })),
    );
    ended.push(result);
    return { result, close: () => void child.stdin.destroy() };
  };
  return { start, started, ended };
}

async function listening(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => void open.add(socket));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  cleanUp.push(() => (open.forEach((socket) => socket.destroy()), server.close()));
  return (server.address() as AddressInfo).port;
}

/** A gateway that this machine does not reach: nothing listens at its port here. */
async function gateway() {
  const server = createTcpServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return { mesh: "west", address: "127.0.0.1", port };
}

async function workload(): Promise<{ chainPem: string; port: number }> {
  const ca = await makeSubCa({ ca: await makeRoot("root", { kind: "ec" }), name: "intermediate" });
  const { chainPem, keyPem } = await makeLeaf({ ca, uris: [uri] });
  const server = createServer({ cert: chainPem, key: keyPem, ALPNProtocols: ["istio"], requestCert: true });
  server.on("tlsClientError", () => undefined);
  return { chainPem, port: await listening(server) };
}

const programs = [["bash", "cat", "timeout"], ["nc", "timeout"], ["nc"]];

describe("a gateway that this machine does not reach", () => {
  test.each(programs)("shows its chain through a pod with %s %s %s", async (...names) => {
    const { chainPem, port } = await workload();
    const pod = container(
      names.filter((name) => typeof name === "string"),
      port,
    );
    const reach = new Reach(async () => [relay("sleep/sleep-1", pod.start)]);
    const west = await gateway();
    const hello = await reach.hello(west, sni);
    expect(hello).toMatchObject({
      ...west,
      sni,
      outcome: "certificate",
      certificate: { subjectAltNames: [uri], chain: await certificatesIn(chainPem) },
      via: { pod: "sleep/sleep-1", here: "ECONNREFUSED" },
    });
    const handshake = await reach.handshake(west, sni);
    expect(failed(handshake) ? handshake : handshake.chain.length).toBe(2);
    // No command is left in the pod.
    await Promise.all(pod.ended);
  });

  test.each(programs)("resets, refuses and answers as it does to this machine, through %s %s %s", async (...names) => {
    const closing = await listening(createTcpServer((socket) => void socket.end()));
    const open = await listening(createTcpServer((socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\n")));
    const reachOf = (port: number) =>
      new Reach(async () => [
        relay(
          "a/b",
          container(
            names.filter((name) => typeof name === "string"),
            port,
          ).start,
        ),
      ]);
    const west = await gateway();
    expect(await reachOf(closing).hello(west, sni)).toMatchObject({ outcome: "reset", via: { pod: "a/b" } });
    expect(await reachOf(closing).plaintext(west)).toEqual({ answered: undefined, reachable: true });
    expect(await reachOf(closing).withoutCertificate(west, sni)).toEqual({ answered: undefined, reachable: true });
    expect(await reachOf(open).plaintext(west)).toEqual({
      answered: expect.stringContaining("200 OK"),
      reachable: true,
    });
    // The pod does not reach it either.
    const lost = reachOf((await gateway()).port);
    const hello = await lost.hello(west, sni);
    expect(hello).toEqual({ ...west, sni, outcome: "unreachable", detail: "ECONNREFUSED" });
    expect(await lost.plaintext(west)).toEqual({ answered: undefined, reachable: false });
  });

  test("is tried through the next container where one has no program", async () => {
    const { port } = await workload();
    const [distroless, curl] = [container([], port), container(["nc"], port)];
    const reach = new Reach(async () => [relay("a/proxy", distroless.start), relay("a/app", curl.start, true)]);
    const west = await gateway();
    expect(await reach.hello(west, sni)).toMatchObject({ outcome: "certificate", via: { pod: "a/app" } });
    expect(await reach.hello(west, sni)).toMatchObject({ outcome: "certificate" });
    // The second one goes where the first one came through.
    expect([distroless.started.length, curl.started.length]).toEqual([1, 2]);
  });

  test("is not reset by a sidecar, which closes what it cannot connect", async () => {
    const closing = await listening(createTcpServer((socket) => void socket.end()));
    const app = container(["bash", "cat"], closing);
    const reach = new Reach(async () => [relay("a/app", app.start, true)]);
    expect(await reach.hello(await gateway(), sni)).toMatchObject({ outcome: "unreachable", detail: "ECONNREFUSED" });
  });

  test("stays unreachable where there is no pod", async () => {
    const reach = new Reach(async () => Promise.reject(new Error("forbidden")));
    expect(await reach.hello(await gateway(), sni)).toMatchObject({ outcome: "unreachable" });
  });
});

test("a gateway that this machine reaches is asked from here", async () => {
  const { port } = await workload();
  const relays = jest.fn(async () => []);
  const hello = await new Reach(relays).hello({ mesh: "west", address: "127.0.0.1", port }, sni);
  expect([hello.outcome, hello.via, relays.mock.calls.length]).toEqual(["certificate", undefined, 0]);
});

test("no peer's address becomes a part of a command", () => {
  const start = jest.fn();
  for (const address of ["-e", "a;b", "$(x)", "../../etc/passwd", "a b"])
    expect(() => relay("a/b", start).open({ address, port: 1 })).toThrow("neither an address nor a name");
  expect(start).not.toHaveBeenCalled();
});
