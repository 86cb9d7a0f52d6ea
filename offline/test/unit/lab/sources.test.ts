import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { minorOf } from "../../../../federation/config/versions.ts";
import { charts, CHARTS, stamped } from "../../../lab/artifacts/charts.ts";
import { pathsAt } from "../../../lab/paths.ts";
import { labSources, writeSources } from "../../../lab/sources.ts";
import { folderOf } from "../../../../tools/artifact.ts";

describe("the lab's sources", () => {
  test("name only the lab's images and nothing of the machine", () => {
    const text = JSON.stringify(labSources());
    expect(text).not.toMatch(/quay\.io|docker\.io|gcr\.io/);
    expect(text).not.toContain('"/'); // no absolute path
    expect(labSources().istio.chartRepository).toBeUndefined();
  });

  test("have an Istio minor that the federation supports", () => {
    const { version, istioMinor } = labSources().istio;
    expect(minorOf(version)).toBe(istioMinor);
  });

  test("link to the charts, also after an interrupted write", () => {
    const federation = mkdtempSync(join(tmpdir(), "sources-"));
    const paths = pathsAt({ root: federation, id: "meshfed-test", federation, engine: join(federation, "engine") });
    try {
      writeSources(paths, "/elsewhere");
      writeSources(paths, folderOf(charts));
      expect(JSON.parse(readFileSync(join(federation, "sources.json"), "utf8"))).toEqual(labSources());
      for (const name of Object.keys(CHARTS))
        expect(readlinkSync(join(federation, "charts", name))).toBe(join(folderOf(charts), name));
      expect(existsSync(join(federation, "sources.json.next"))).toBe(false);
    } finally {
      rmSync(federation, { recursive: true });
    }
  });

  test("set the lab's version only in a chart's own fields", () => {
    const chart = "apiVersion: v2\nversion: 1.0.0\nappVersion: 1.0.0\ndependencies:\n- name: x\n  version: 1.0.0\n";
    expect(stamped(chart, { version: "1.31.0-lab", appVersion: "1.31-lab" })).toBe(
      'apiVersion: v2\nversion: 1.31.0-lab\nappVersion: "1.31-lab"\ndependencies:\n- name: x\n  version: 1.0.0\n',
    );
  });
});
