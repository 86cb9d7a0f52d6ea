import { Federation, mesh, exported } from "./support/federation.ts";
import { readdirSync, existsSync } from "node:fs";
const cache = process.env.HOME + "/.cache/mesh-federation";
const charts = cache + "/" + readdirSync(cache).find((f) => f.startsWith("charts-"));
const t = Date.now();
const f = await Federation.start(charts, {
  west: mesh("west", "192.0.2.10", { exports: [exported("httpbin")] }),
  east: mesh("east", "192.0.2.20", { imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }] }),
});
console.log("started", (Date.now() - t) / 1000, f.clone.folder);
try { console.log(f.up("west", "east")); } catch (e) { console.log((e as Error).message); }
f.commit("base");
console.log("up", (Date.now() - t) / 1000);
while (!existsSync("/tmp/review/stop")) await new Promise((r) => setTimeout(r, 1000));
await f.stop();
