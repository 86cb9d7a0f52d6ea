import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { example, exported, mesh } from "../review/federation.ts";
import { apart, folderOf, removeFolders, westOf } from "./folder.ts";

afterEach(removeFolders);

describe("the files", () => {
  test("are equal for equal input, and kustomize takes them all", async () => {
    const folder = folderOf(example());
    await folder.render();
    const first = folder.files();
    await folder.render({ out: join(folder.folder, "again") });
    expect(folder.files(join(folder.folder, "again"))).toEqual(first);
    // Time, and the order of keys in a stack file, decide nothing.
    const reversed = Object.entries(example()).map(([name, keys]) => [name, Object.fromEntries(reverse(keys))]);
    folder.stacks(Object.fromEntries(reversed));
    await folder.render({ out: join(folder.folder, "later") }, new Date("2090-01-01"));
    expect(folder.files(join(folder.folder, "later"))).toEqual(first);

    for (const name of ["east", "west"]) {
      const { resources } = parse(first[`${name}/kustomization.yaml`]!);
      const manifests = Object.keys(first).filter((path) => path.startsWith(`${name}/`) && path.endsWith(".yaml"));
      expect(manifests).toEqual([...resources, "kustomization.yaml"].map((file: string) => `${name}/${file}`).sort());
    }
    expect(JSON.stringify(first)).not.toMatch(/\d{4}-\d\d-\d\d/);
    expect(JSON.stringify(first)).not.toContain(folder.folder);
  });

  const reverse = (keys: object) => Object.entries(keys).reverse();

  test("have Argo CD's waves only where they are asked for: policy and rule before what needs them", async () => {
    const west = mesh("west", { exports: [exported("httpbin")], quarantine: [] });
    const folder = folderOf({ ...example(), west, east: { ...example()["east"], importRules: "always" } });
    await folder.render();
    expect(JSON.stringify(folder.files())).not.toContain("argocd");
    await folder.render({ argocd: true });
    const waves = Object.entries(folder.files())
      .filter(([path]) => /\/(?!kustomization)[^/]+\.yaml$/.test(path))
      .map(([path, text]) => [
        path.split("-")[0],
        Number(parse(text).metadata.annotations["argocd.argoproj.io/sync-wave"]),
      ]);
    expect(Object.fromEntries(waves)).toEqual({
      "east/destinationrule": -1,
      "east/serviceentry": 0,
      "west/authorizationpolicy": -1,
      "west/gateway": 1,
      "west/serviceentry": -1,
    });
  });

  test("keep objects apart whose names join to one, and texts that YAML 1.1 takes for other values", async () => {
    const odd = { app: "httpbin", on: "yes", n: "1e3", octal: "0777", time: "12:30" };
    const folder = folderOf({
      east: mesh("east"),
      west: mesh("west", {
        exports: [
          exported("a", { namespace: "x", subsets: [{ name: "v1", labels: odd }] }),
          exported("b-export-a", { namespace: "x-export-b", subsets: [{ name: "v1", labels: odd }] }),
          exported("x", { namespace: "x-export-b-export" }),
        ],
      }),
    });
    expect((await folder.render()).failed).toEqual([]);
    const files = folder.files();
    const entries = Object.keys(files).filter((path) => path.startsWith("west/serviceentry"));
    expect(entries).toHaveLength(3);
    const rule = Object.keys(files).find((path) => path.startsWith("west/destinationrule-x-export-a"))!;
    expect(parse(files[rule]!, { version: "1.1" }).spec.subsets[0].labels).toEqual(odd);
  });

  test("have the Service of a managed gateway, and nothing of Istio, clusters or CAs", async () => {
    const gateway = { provider: "managed", addresses: ["192.0.2.10"], values: { service: { type: "NodePort" } } };
    const folder = folderOf(apart({ gateway: { ...gateway, port: 31443 } }));
    expect((await folder.render()).failed).toEqual([]);
    const files = folder.files();
    const service = parse(files["west/service-istio-system-istio-eastwestgateway.yaml"]!);
    expect(service.spec).toMatchObject({ type: "NodePort", ports: [{}, { name: "tls", nodePort: 31443 }] });
    expect(folder.contract("west").gateways).toEqual([{ address: "192.0.2.10", port: 31443 }]);
    const kinds = Object.entries(files).flatMap(([path, text]) => (path.endsWith(".yaml") ? [parse(text).kind] : []));
    expect([...new Set(kinds)].sort()).toEqual(
      ["AuthorizationPolicy", "Gateway", "Kustomization", "Service", "ServiceEntry"].sort(),
    );
  });
});

describe("files of others", () => {
  test("are neither deleted nor overwritten, and those of a mesh that is gone go", async () => {
    const folder = folderOf(apart());
    await folder.render();
    const foreign = { "west/notes.md": "ours", "west/patch.yaml": "ours", "other/kustomization.yaml": "ours" };
    for (const [path, text] of Object.entries(foreign)) folder.write(`gitops/${path}`, text);
    folder.write("outside.yaml", "stays");
    const list = JSON.parse(folder.files()["west/.rendered.json"]!);
    const forged = ["../../outside.yaml", "../outside.yaml", "/outside.yaml", ".git"];
    folder.write("gitops/west/.rendered.json", JSON.stringify({ ...list, files: [...list.files, ...forged] }));
    folder.stacks({ east: mesh("east") });
    const { files } = await folder.render();
    expect(files.deleted).toContain("west/contract.json");
    expect(Object.keys(folder.files()).filter((path) => !path.startsWith("east/"))).toEqual(
      ["REVIEW.md", ...Object.keys(foreign)].sort(),
    );
    expect(readFileSync(join(folder.folder, "outside.yaml"), "utf8")).toBe("stays");
  });

  test("with the name of a manifest keep everything from being written", async () => {
    const folder = folderOf(apart());
    folder.write("gitops/west/kustomization.yaml", "resources: [mine.yaml]\n");
    await expect(folder.render()).rejects.toMatchObject({
      code: "render-refused",
      details: [{ code: "render-file-foreign", subject: "west/kustomization.yaml" }],
    });
    expect(Object.keys(folder.files())).toEqual(["west/kustomization.yaml"]);
  });

  test("that have taken the place of a manifest stay", async () => {
    const folder = folderOf(apart());
    await folder.render();
    const gateway = join(folder.out, "west", "gateway-istio-system-export-httpbin.yaml");
    writeFileSync(join(folder.folder, "target.yaml"), readFileSync(gateway));
    rmSync(gateway);
    symlinkSync(join(folder.folder, "target.yaml"), gateway);
    folder.stacks({ east: mesh("east"), west: westOf({ exports: [] }) });
    expect((await folder.render()).files.deleted).not.toContain("west/gateway-istio-system-export-httpbin.yaml");
    expect(existsSync(gateway)).toBe(true);
  });
});
