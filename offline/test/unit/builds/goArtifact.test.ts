import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureArtifacts, keyOf } from "../../../../tools/artifact.ts";
import { goArtifact, requireGo, type GoArtifactOptions } from "../../../builds/goArtifact.ts";

let dir: string;
let goModule: string;
const before = { PATH: process.env["PATH"], cache: process.env["MESH_FEDERATION_CACHE"] };
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "go-"));
  goModule = join(dir, "module");
  mkdirSync(goModule);
  writeFileSync(join(goModule, "go.mod"), "module x\n");
  process.env["MESH_FEDERATION_CACHE"] = join(dir, "cache");
});
afterEach(() => {
  process.env["PATH"] = before.PATH;
  delete process.env["MESH_FEDERATION_CACHE"];
  rmSync(dir, { recursive: true });
});

/** A `go` of that version, which "builds" by writing its arguments and settings into the output; none for undefined. */
function install(version: string | undefined): void {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  if (version !== undefined) {
    writeFileSync(
      join(bin, "go"),
      `#!/bin/sh\nif [ "$1" = env ]; then echo "${version}"; exit; fi\nwhile [ "$1" != -o ` +
        `]; do args="$args $1"; shift; done\necho "$args $3 in $(pwd) ` +
        `CGO_ENABLED=$CGO_ENABLED GOTOOLCHAIN=$GOTOOLCHAIN GOFLAGS=$GOFLAGS" > "$2"\n`,
    );
    chmodSync(join(bin, "go"), 0o755);
  }
  process.env["PATH"] = `${bin}:/bin:/usr/bin`;
  if (version === undefined) process.env["PATH"] = bin;
}

describe("the Go toolchain", () => {
  test.each(["go1.26.0", "go1.30rc1", "go2.0", "devel go1.27-abcdef"])("%s is recent enough", (version) => {
    install(version);
    expect(() => requireGo()).not.toThrow();
  });

  test.each(["go1.25.7", "go1.9", "devel", ""])("%j is rejected with a remedy", (version) => {
    install(version);
    expect(() => requireGo()).toThrow(/is too old: the tools need 1\.26 or later\. Install it \(https:\/\/go\.dev/);
  });

  test("is named by the error when it is missing", () => {
    install(undefined);
    expect(() => requireGo()).toThrow(/^Go is not installed.*Install Go 1\.26 or later/);
  });
});

const options = (more: Partial<GoArtifactOptions> = {}): GoArtifactOptions => ({
  name: "tool",
  module: goModule,
  programs: [{ package: "example.com/x/cmd/tool" }],
  expectedSeconds: 1,
  ...more,
});

describe("a Go build", () => {
  test("uses the pinned modules without a C compiler and stamps the version", async () => {
    install("go1.26.3");
    const programs = [{ package: "example.com/x/cmd/tool" }, { package: "example.com/y", output: "other" }];
    const artifact = goArtifact(options({ programs, stamps: { "main.version": "v1" } }));
    const folder = (
      await ensureArtifacts([artifact], {
        note: () => undefined,
        step: () => ({ update: () => undefined, done: () => undefined, fail: () => undefined }),
      })
    ).get("tool")!;
    const settings = `in ${goModule} CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=readonly\n`;
    expect(readFileSync(join(folder, "tool"), "utf8")).toBe(
      ` build -trimpath -ldflags -s -w -X main.version=v1 example.com/x/cmd/tool ${settings}`,
    );
    expect(existsSync(join(folder, "other"))).toBe(true);
  });

  test("runs again for other pins, programs or stamps, and not for another directory", () => {
    const key = keyOf(goArtifact(options()));
    const moved = join(dir, "moved");
    mkdirSync(moved);
    writeFileSync(join(moved, "go.mod"), "module x\n");
    expect(keyOf(goArtifact(options({ module: moved })))).toBe(key);
    const others = [options({ stamps: { a: "1" } }), options({ programs: [{ package: "example.com/z" }] })].map((o) =>
      keyOf(goArtifact(o)),
    );
    writeFileSync(join(goModule, "go.sum"), "x");
    others.push(keyOf(goArtifact(options())));
    expect(new Set([key, ...others]).size).toBe(4);
  });
});
