import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepAddresses, requestAddress, type ContainerFile } from "../../../lab/engine/addresses.ts";
import { pathsAt } from "../../../lab/paths.ts";

const file = (
  IPAddress: string,
  Running = true,
  IPAMConfig: { IPv4Address?: string } | null = null,
  network = "kind",
): ContainerFile => ({
  State: { Running },
  NetworkSettings: { Networks: { [network]: { IPAddress, IPAMConfig } } },
});

describe("the lab's container file", () => {
  test.each([
    { what: "a node that ran", container: file("172.19.0.3"), kept: true },
    {
      what: "one that asks for an address already",
      container: file("172.19.0.3", true, { IPv4Address: "172.19.0.9" }),
      kept: false,
    },
    {
      what: "a stopped one, whose address may be in use by another",
      container: file("172.19.0.3", false),
      kept: false,
    },
    { what: "one without address", container: file(""), kept: false },
    { what: "a container of another network", container: file("10.0.0.2", true, null, "bridge"), kept: false },
    { what: "an incomplete file", container: {}, kept: false },
  ])("keeps the address of $what: $kept", ({ container, kept }) => {
    expect(requestAddress(container)).toBe(kept);
  });

  test("changes nothing else, and may be missing", () => {
    const dir = mkdtempSync(join(tmpdir(), "addresses-"));
    const paths = pathsAt({ root: dir, id: "meshfed-test", federation: dir, engine: dir });
    try {
      for (const id of ["a", "b"]) mkdirSync(join(paths.data, "containers", id), { recursive: true });
      const path = join(paths.data, "containers", "a", "config.v2.json");
      const before = { ID: "a", Config: { Env: ["X=<&>"] }, ...file("172.19.0.3") };
      writeFileSync(path, JSON.stringify(before));
      keepAddresses(paths);
      const after = JSON.parse(readFileSync(path, "utf8"));
      expect(after).toEqual({ ...before, ...file("172.19.0.3", true, { IPv4Address: "172.19.0.3" }) });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
