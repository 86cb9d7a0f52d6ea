import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileHash, type Artifact } from "../../../tools/artifact.ts";
import { assembleNode, NODE_FILES } from "../images/nodeRoot.ts";
import { podImages } from "../images/podImages.ts";
import { fillStore } from "../images/store.ts";
import { buildTemplate } from "../images/template.ts";
import { debianBase, debianNode } from "./debian.ts";
import { echo, istio } from "./istio.ts";
import { kubernetes } from "./kubernetes.ts";
import { cni, coredns, etcd, metallb, node } from "./programs.ts";
import { envoy, httpbin } from "./python.ts";

/**
 * Data of an engine with the node image, which contains every pod's image ({@link buildTemplate}). Not built in
 * parallel with others: it reads and writes several gigabytes.
 */
export const nodeImage: Artifact = {
  name: "node-image",
  inputs: { sources: fileHash(join(import.meta.dirname, "../images"), NODE_FILES) },
  needs: [kubernetes, istio, echo, metallb, coredns, etcd, cni, node, debianBase, debianNode, envoy, httpbin],
  expectedSeconds: 60,
  weight: 2,
  async build(context) {
    const { dirOf, log } = context;
    const work = join(context.dir, "work"); // next to the result: layers are hard-linked and moved
    const root = join(work, "root");
    mkdirSync(work);
    log("images of the pods");
    const images = await podImages(context, work, {
      base: join(dirOf(debianBase), "root"),
      kubernetes: dirOf(kubernetes),
      etcd: dirOf(etcd),
      coredns: dirOf(coredns),
      node: dirOf(node),
      metallb: dirOf(metallb),
      istio: dirOf(istio),
      echo: dirOf(echo),
      envoy: dirOf(envoy),
      httpbin: join(dirOf(httpbin), "site"),
      labnet: join(NODE_FILES, "labnet"),
    });
    log("the node's files");
    await assembleNode(context, root, {
      debian: join(dirOf(debianNode), "root"),
      kubernetes: dirOf(kubernetes),
      cni: dirOf(cni),
      node: dirOf(node),
    });
    log("the node's store of images");
    await fillStore(context, work, root, images);
    log("the engine's data");
    await buildTemplate(context, work, root, context.dir, join(dirOf(node), "bounded"));
    rmSync(work, { recursive: true });
  },
};
