import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageConfig, layerOf, writeArchive, type Image } from "../../../lab/images/archive.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "archive-"))));
afterEach(() => rmSync(dir, { recursive: true }));

async function layer(content: string) {
  const file = join(dir, `${content}.tar`);
  writeFileSync(file, content);
  return layerOf(file);
}

describe("the image archive", () => {
  test("names each file by its SHA-256 and stores a shared layer once", async () => {
    const [base, top] = [await layer("base"), await layer("top")];
    const images: Image[] = [
      { names: ["lab.local/a:1"], layers: [base], config: { Cmd: ["a"] } },
      { names: ["lab.local/b:1", "lab.local/b:2"], layers: [base, top], config: { User: "1337" } },
    ];
    const out = join(dir, "out");
    writeArchive(out, images);
    const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as {
      Config: string;
      RepoTags: string[];
      Layers: string[];
    }[];
    expect(manifest.map((image) => image.RepoTags)).toEqual([["lab.local/a:1"], ["lab.local/b:1", "lab.local/b:2"]]);
    expect(manifest[1]!.Layers).toEqual([`${base.digest}.tar`, `${top.digest}.tar`]);
    const files = readdirSync(out).filter((name) => name !== "manifest.json");
    expect(files.sort()).toEqual([...new Set(manifest.flatMap((image) => [image.Config, ...image.Layers]))].sort());
    for (const name of files)
      expect(name).toContain(
        createHash("sha256")
          .update(readFileSync(join(out, name)))
          .digest("hex"),
      );
  });

  test("lists layers from the bottom up, without a time", async () => {
    const image: Image = {
      names: ["lab.local/a:1"],
      layers: [await layer("base"), await layer("top")],
      config: { StopSignal: "SIGRTMIN+3" },
    };
    const config = JSON.parse(imageConfig(image));
    expect(config.rootfs.diff_ids).toEqual(image.layers.map((l) => `sha256:${l.digest}`));
    expect(config.config.StopSignal).toBe("SIGRTMIN+3");
    expect(config.config.Env).toEqual([expect.stringMatching(/^PATH=/)]);
    expect(config.created).toBe("1970-01-01T00:00:00Z");
  });
});
