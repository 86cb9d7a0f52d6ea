import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinned } from "../../../../tools/versions.ts";
import { cloneAt, start } from "../../support/clone.ts";
import { ForwardProxy } from "./forwardProxy.ts";
import { lockOf, officialReleases } from "./officialReleases.ts";
import { ReleaseServer, type Files } from "./releaseServer.ts";

/** A certificate with its key, and as a file. */
export interface Certificate {
  key: string;
  cert: string;
  file: string;
}

/** Clones with a tool cache of their own, and the servers that they download from. */
export class ReleaseWorld {
  readonly dir = mkdtempSync(join(tmpdir(), "release-mode-"));
  readonly cache = join(this.dir, "cache");
  private static made: Files | undefined;
  private readonly stops: (() => Promise<void>)[] = [];

  /** What the publishers have; made once, since it takes a second. */
  static get releases(): Files {
    return (ReleaseWorld.made ??= officialReleases());
  }

  async remove(): Promise<void> {
    for (const stop of this.stops) await stop();
    rmSync(this.dir, { recursive: true });
  }

  /** A server that has all releases. */
  async serve(tls?: Certificate): Promise<ReleaseServer> {
    const server = await new ReleaseServer({ ...ReleaseWorld.releases }, tls).start();
    this.stops.push(() => server.stop());
    return server;
  }

  /** A proxy that leads to the server, whatever host it is asked for. */
  async proxyTo(server: ReleaseServer): Promise<ForwardProxy> {
    const proxy = await new ForwardProxy(() => server.port).start();
    this.stops.push(() => proxy.stop());
    return proxy;
  }

  /** A certificate for the publishers' host, and for one that only a proxy knows. */
  certificate(): Certificate {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
    const subject = ["-subj", "/CN=github.com", "-addext", "subjectAltName=DNS:github.com,DNS:releases.example"];
    const args = ["req", "-x509", ...key, "-out", "cert.pem", "-days", "1", ...subject];
    execFileSync("openssl", args, { cwd: this.dir, stdio: "pipe" });
    const read = (name: string): string => readFileSync(join(this.dir, name), "utf8");
    return { key: read("key.pem"), cert: read("cert.pem"), file: join(this.dir, "cert.pem") };
  }

  /** The publishers, which a proxy leads to, and the environment of a machine behind that proxy. */
  async publishers(): Promise<{ server: ReleaseServer; environment: Record<string, string> }> {
    const tls = this.certificate();
    const server = await this.serve(tls);
    const proxy = await this.proxyTo(server);
    // A developer's machine: a CI job uses what the committed lock names and nothing else.
    return { server, environment: { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: tls.file, CI: "" } };
  }

  /** A clone that was brought up from releases before. */
  clone(name: string): string {
    const folder = cloneAt(join(this.dir, name));
    // This repository's own lock may know what the servers do not have.
    writeFileSync(join(folder, "tools", "releases.lock.json"), JSON.stringify({ entries: {} }));
    mkdirSync(join(folder, ".federation"));
    writeFileSync(join(folder, ".federation", "source"), "release\n");
    return folder;
  }

  /** A clone with the sums of the releases in its committed lock. */
  lockedClone(name: string): string {
    const folder = this.clone(name);
    writeFileSync(join(folder, "tools", "releases.lock.json"), lockOf(ReleaseWorld.releases));
    return folder;
  }

  /** Runs `npm run pulumi -- version` in a clone, as a program of its own: it makes tools and plugins ready first. */
  async pulumiVersion(
    folder: string,
    environment: Record<string, string>,
  ): Promise<{ code: number | null; output: string }> {
    const { ended, output } = start(folder, "pulumi", ["version"], {
      MESH_FEDERATION_CACHE: this.cache,
      ...environment,
    });
    return { code: await ended, output: output() };
  }

  /** Expects what Pulumi, started by the launcher, says of itself, of kind and of the plugins in its home. */
  expectOfficial(output: string): void {
    const plugins = Object.entries(pinned.plugins).map(([name, version]) => `official ${name} ${version}`);
    for (const line of ["pulumi version", `kind is ${join(this.cache, "release-bin-")}`, ...plugins])
      expect(output).toContain(line);
  }
}
