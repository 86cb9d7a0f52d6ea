import { instance } from "@viz-js/viz";
import { dot, importGraph, mermaid, type ImportGraph } from "../../../status/graph.ts";
import { statusScreen } from "../../../status/screen.ts";
import { statusOf, type Status } from "../../../status/status.ts";
import { east, expiry, now, up, west } from "./statusFixtures.ts";

describe("the graph", () => {
  test("has an arrow per import, dashed while pending, in a stable order", () => {
    const graph = importGraph([west, east]);
    expect(graph).toEqual(importGraph([east, west]));
    expect(mermaid(graph)).toBe(
      [
        "flowchart LR",
        '  mesh_east["mesh east"]',
        '  mesh_south["mesh south"]',
        '  mesh_west["mesh west<br/>exports httpbin"]',
        '  mesh_east -.->|"other (pending)"| mesh_south',
        '  mesh_east -->|"httpbin (http 8000)"| mesh_west',
        "",
      ].join("\n"),
    );
    expect(dot(graph)).toMatch(/"east" -> "south" .*style=dashed/);
    const pendingImports = [{ ...east.pendingImports[0]!, cause: "quarantine" }];
    expect(mermaid(importGraph([{ ...east, pendingImports }]))).toContain('-.->|"other (quarantine)"| mesh_south');
  });
});

describe("hostile names", () => {
  const hostile = 'a"]; end\n  click x "javascript:1" <b> `#quot;` \\ \u001b[2J \u009b \u202e & --> |';
  const unprintable = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u;
  const graph: ImportGraph = {
    meshes: [
      { name: hostile, exports: [hostile] },
      { name: "b", exports: [] },
    ],
    edges: [{ from: "b", to: hostile, label: hostile, pending: false }],
  };

  test("stay one text in Mermaid's graph", () => {
    const lines = mermaid(graph).trimEnd().split("\n");
    expect(lines).toEqual([
      "flowchart LR",
      expect.stringMatching(/^ {2}mesh_\w+\["mesh [^"`<>&|\\[\]]+<br\/>exports [^"`<>&|\\[\]]+"\]$/),
      '  mesh_b["mesh b"]',
      expect.stringMatching(/^ {2}mesh_b -->\|"[^"`<>&|\\[\]]+"\| mesh_\w+$/),
    ]);
    expect(lines.join("\n")).not.toMatch(unprintable);
    const meshes = ["a-b", "a_b", "a.b", "a_2e_b"].map((name) => ({ name, exports: [] }));
    expect(new Set(mermaid({ meshes, edges: [] }).match(/mesh_\w+/g)).size).toBe(4);
  });

  test("stay one text in Graphviz's graph, and in the picture", async () => {
    const text = dot(graph);
    expect(text).not.toMatch(unprintable);
    expect(text.split("\n")).toHaveLength(
      dot({ ...graph, meshes: [{ name: "a", exports: [] }, graph.meshes[1]!] }).split("\n").length,
    );
    const svg = (await instance()).renderString(text, { format: "svg" });
    expect(svg.match(/class="node"/g)).toHaveLength(2);
    expect(svg.match(/class="edge"/g)).toHaveLength(1);
    expect(svg).not.toMatch(/<b>|<a |<script/);
  });

  test("cannot act in a terminal", () => {
    const status: Status = {
      ...statusOf([up(west)], [], []),
      meshes: [{ name: hostile, state: hostile, gateways: [hostile] }],
      pending: [{ mesh: hostile, name: hostile, from: hostile, reason: hostile }],
      drift: [{ mesh: hostile, description: hostile }],
      gatewayProblems: [{ mesh: hostile, description: hostile }],
      certificates: [expiry("root", { mesh: hostile, certificate: hostile })],
      certificateNotes: [{ mesh: hostile, note: hostile }],
      rotations: [{ mesh: hostile, rotation: hostile }],
      pendingTrust: [{ mesh: hostile, peer: hostile, reason: hostile }],
      notChecked: [{ mesh: hostile, reason: hostile }],
    };
    const screen = statusScreen(status, now);
    expect(screen).not.toMatch(unprintable);
    expect(screen.match(/\\u\{1b\}/g)!.length).toBeGreaterThan(5);
  });
});
