import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const digest = (content: Buffer): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/**
 * Serves one chart as an OCI registry on the loopback interface: its manifest for every name and tag, and its blobs.
 * https://helm.sh/docs/topics/registries/#helm-chart-manifest
 * @param archive the packaged chart
 * @returns the registry's host and port, the paths that it was asked for, and what stops it
 */
export async function serveChart(archive: Buffer, metadata: { name: string; version: string }) {
  const config = Buffer.from(JSON.stringify({ ...metadata, apiVersion: "v2" }));
  const blob = (content: Buffer, mediaType: string) => ({ mediaType, digest: digest(content), size: content.length });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: blob(config, "application/vnd.cncf.helm.config.v1+json"),
      layers: [blob(archive, "application/vnd.cncf.helm.chart.content.v1.tar+gzip")],
    }),
  );
  const asked: string[] = [];
  const server = createServer(({ url = "", method }, response) => {
    asked.push(url);
    const wanted = url.split("/").at(-1)!;
    const content = url.includes("/blobs/") ? [archive, config].find((c) => digest(c) === wanted) : manifest;
    if (!content) return void response.writeHead(404).end();
    const type = content === manifest ? mediaType : "application/octet-stream";
    const headers = {
      "Content-Type": type,
      "Content-Length": content.length,
      "Docker-Content-Digest": digest(content),
    };
    response.writeHead(200, headers).end(method === "HEAD" ? undefined : content);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, asked, stop: () => (server.closeAllConnections(), server.close()) };
}
