import { join } from "node:path";
import type { BuildContext } from "../../../tools/artifact.ts";
import type { Image, Layer } from "./archive.ts";
import { makeLayer, tarLayer, type Content } from "./layer.ts";
import { IMAGES } from "./names.ts";

/** Folders with the contents of the images: built binaries and root file systems. */
export interface ImageContents {
  /** Root file system of every image with a shell. */
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
  /** The script of the pod network. */
  labnet: string;
}

/** Istio's sidecars and control plane run as this user; the control plane's pod requires a numeric one. */
const ISTIO_USER = "1337";

/** Writes the images of every pod of the lab: Kubernetes, the load balancer, Istio and the sample applications. */
export async function podImages(ctx: BuildContext, work: string, from: ImageContents): Promise<Image[]> {
  const base = await tarLayer(ctx, from.base, join(work, "base.tar"));
  const image: MakeImage = async (name, below, contents, config) => {
    const own = contents.length > 0 ? [await makeLayer(ctx, work, name.replace(/[^a-z0-9]+/g, "-"), contents)] : [];
    return { names: [name], layers: [...below, ...own], config };
  };
  return [
    ...(await kubernetesImages(image, base, from)),
    ...(await networkImages(image, base, from)),
    ...(await istioImages(image, base, from)),
    ...(await sampleImages(image, base, from)),
  ];
}

/** Makes an image of the layers `below` and a layer with `contents`. */
type MakeImage = (name: string, below: Layer[], contents: Content[], config: Image["config"]) => Promise<Image>;

async function kubernetesImages(image: MakeImage, base: Layer, from: ImageContents): Promise<Image[]> {
  const program = (file: keyof typeof IMAGES.kubernetes, below: Layer[] = []) =>
    image(IMAGES.kubernetes[file], below, [binary(from.kubernetes, file)], { Entrypoint: [`/usr/local/bin/${file}`] });
  return [
    await program("kube-apiserver"),
    await program("kube-controller-manager"),
    await program("kube-scheduler"),
    await program("kube-proxy", [base]), // it calls iptables
    await image(IMAGES.etcd, [], [binary(from.etcd, "etcd")], { Entrypoint: ["/usr/local/bin/etcd"] }),
    await image(IMAGES.coredns, [], [binary(from.coredns, "coredns", "/coredns")], { Entrypoint: ["/coredns"] }),
    await image(IMAGES.pause, [], [binary(from.node, "pause", "/pause")], { Entrypoint: ["/pause"] }),
  ];
}

async function networkImages(image: MakeImage, base: Layer, from: ImageContents): Promise<Image[]> {
  const labnet = { from: from.labnet, to: "/usr/local/bin/labnet", mode: 0o755 };
  const metallb = (file: string): [Layer[], Content[], Image["config"]] => [
    [],
    [binary(from.metallb, file, `/${file}`)],
    { Entrypoint: [`/${file}`] },
  ];
  return [
    await image(IMAGES.labnet, [base], [labnet], { Entrypoint: ["/usr/local/bin/labnet"] }),
    await image(IMAGES.metallbController, ...metallb("controller")),
    await image(IMAGES.metallbSpeaker, ...metallb("speaker")),
  ];
}

async function istioImages(image: MakeImage, base: Layer, from: ImageContents): Promise<Image[]> {
  const bootstrap = {
    from: join(from.istio, "envoy_bootstrap.json"),
    to: "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
    mode: 0o644,
  };
  return [
    await image(IMAGES.pilot, [base], [binary(from.istio, "pilot-discovery")], {
      Entrypoint: ["/usr/local/bin/pilot-discovery"],
      User: ISTIO_USER,
    }),
    await image(IMAGES.proxy, [base], [binary(from.istio, "pilot-agent"), binary(from.envoy, "envoy"), bootstrap], {
      Entrypoint: ["/usr/local/bin/pilot-agent"],
    }),
  ];
}

async function sampleImages(image: MakeImage, base: Layer, from: ImageContents): Promise<Image[]> {
  return [
    await image(IMAGES.echo, [base], [binary(from.echo, "server"), binary(from.echo, "client")], {
      Entrypoint: ["/usr/local/bin/server"],
    }),
    await image(IMAGES.curl, [base], [], { Cmd: ["sleep", "infinity"] }),
    await image(IMAGES.httpbin, [base], [{ from: from.httpbin, to: "/opt/httpbin" }], {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH=/opt/httpbin"],
      User: "65534",
      Entrypoint: [
        ...["python3", "-m", "gunicorn", "-b", "0.0.0.0:8080", "--threads", "4"],
        ...["--worker-tmp-dir", "/dev/shm", "httpbin:app"],
      ],
    }),
  ];
}

function binary(dir: string, file: string, to = `/usr/local/bin/${file}`): Content {
  return { from: join(dir, file), to };
}
