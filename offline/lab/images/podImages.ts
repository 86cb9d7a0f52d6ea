import { join } from "node:path";
import type { BuildContext } from "../../../tools/artifact.ts";
import type { Image, Layer } from "./archive.ts";
import { makeLayer, tarLayer, type Content } from "./layer.ts";
import { IMAGES } from "./names.ts";

/** Folders that hold what the images are made of: built binaries and root file systems. */
export interface Ingredients {
  /** Root file system every image with a shell stands on. */
  base: string;
  kubernetes: string;
  etcd: string;
  coredns: string;
  node: string;
  metallb: string;
  istio: string;
  echo: string;
  envoy: string;
  httpbin: string;
  /** The script that is the pod network. */
  labnet: string;
}

/** Istio's sidecars and control plane run as this user; the control plane's pod demands a numeric one. */
const ISTIO_USER = "1337";

/** Makes the images of every pod of the lab: Kubernetes itself, load balancer, Istio and sample applications. */
export async function podImages(ctx: BuildContext, work: string, from: Ingredients): Promise<Image[]> {
  const base = await tarLayer(ctx, from.base, join(work, "base.tar"));
  const image = async (name: string, below: Layer[], contents: Content[], config: Image["config"]): Promise<Image> => {
    const own = contents.length > 0 ? [await makeLayer(ctx, work, name.replace(/[^a-z0-9]+/g, "-"), contents)] : [];
    return { names: [name], layers: [...below, ...own], config };
  };
  const binary = (dir: string, file: string, to = `/usr/local/bin/${file}`): Content => ({ from: join(dir, file), to });
  const kubernetes = (file: keyof typeof IMAGES.kubernetes, below: Layer[] = []) =>
    image(IMAGES.kubernetes[file], below, [binary(from.kubernetes, file)], { Entrypoint: [`/usr/local/bin/${file}`] });
  return [
    await kubernetes("kube-apiserver"),
    await kubernetes("kube-controller-manager"),
    await kubernetes("kube-scheduler"),
    await kubernetes("kube-proxy", [base]), // it calls iptables
    await image(IMAGES.etcd, [], [binary(from.etcd, "etcd")], { Entrypoint: ["/usr/local/bin/etcd"] }),
    await image(IMAGES.coredns, [], [binary(from.coredns, "coredns", "/coredns")], { Entrypoint: ["/coredns"] }),
    await image(IMAGES.pause, [], [binary(from.node, "pause", "/pause")], { Entrypoint: ["/pause"] }),
    await image(IMAGES.labnet, [base], [{ from: from.labnet, to: "/usr/local/bin/labnet", mode: 0o755 }], {
      Entrypoint: ["/usr/local/bin/labnet"],
    }),
    await image(IMAGES.metallbController, [], [binary(from.metallb, "controller", "/controller")], {
      Entrypoint: ["/controller"],
    }),
    await image(IMAGES.metallbSpeaker, [], [binary(from.metallb, "speaker", "/speaker")], { Entrypoint: ["/speaker"] }),
    await image(IMAGES.pilot, [base], [binary(from.istio, "pilot-discovery")], {
      Entrypoint: ["/usr/local/bin/pilot-discovery"],
      User: ISTIO_USER,
    }),
    await image(
      IMAGES.proxy,
      [base],
      [
        binary(from.istio, "pilot-agent"),
        binary(from.envoy, "envoy"),
        {
          from: join(from.istio, "envoy_bootstrap.json"),
          to: "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
          mode: 0o644,
        },
      ],
      { Entrypoint: ["/usr/local/bin/pilot-agent"] },
    ),
    await image(IMAGES.echo, [base], [binary(from.echo, "server"), binary(from.echo, "client")], {
      Entrypoint: ["/usr/local/bin/server"],
    }),
    await image(IMAGES.curl, [base], [], { Cmd: ["sleep", "infinity"] }),
    await image(IMAGES.httpbin, [base], [{ from: from.httpbin, to: "/opt/httpbin" }], {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH=/opt/httpbin"],
      User: "65534",
      Entrypoint: [
        "python3",
        "-m",
        "gunicorn",
        "-b",
        "0.0.0.0:8080",
        "--threads",
        "4",
        "--worker-tmp-dir",
        "/dev/shm",
        "httpbin:app",
      ],
    }),
  ];
}
