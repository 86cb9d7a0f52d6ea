import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../../../tools/artifact.ts";
import { goArtifact } from "../../builds/goArtifact.ts";
import { IMAGES, VERSIONS } from "../images/names.ts";
import { goFolder, sourcesOf } from "./goModule.ts";

/** Istio's Go module; its folder also holds the charts and the template of Envoy's first configuration. */
export const ISTIO_MODULE = "istio.io/istio";

/** Template from which the agent writes a sidecar's first configuration, inside the module. */
const bootstrap = "tools/packaging/common/envoy_bootstrap.json";

const version = `${ISTIO_MODULE}/pkg/version`;

const programs = goArtifact({
  name: "istio",
  module: goFolder("istio"),
  programs: ["pilot-discovery", "pilot-agent"].map((name) => ({ package: `${ISTIO_MODULE}/pilot/cmd/${name}` })),
  stamps: {
    [`${version}.buildVersion`]: VERSIONS.istio,
    [`${version}.buildTag`]: VERSIONS.istio,
    [`${version}.buildHub`]: IMAGES.istioHub,
    [`${version}.buildStatus`]: "Clean",
  },
  expectedSeconds: 255,
});

/** Istio's control plane, its agent, and `envoy_bootstrap.json`. */
export const istio: Artifact = {
  ...programs,
  inputs: { ...programs.inputs, bootstrap },
  async build(context) {
    await programs.build(context);
    copyFileSync(
      join(await sourcesOf(context, "istio", ISTIO_MODULE), bootstrap),
      join(context.dir, "envoy_bootstrap.json"),
    );
  },
};

/** Istio's own test server and client, which speak every protocol: the lab's multi-port workload. */
export const echo = goArtifact({
  name: "echo",
  module: goFolder("echo"),
  programs: ["server", "client"].map((name) => ({
    package: `${ISTIO_MODULE}/pkg/test/echo/cmd/${name}`,
    output: name,
  })),
  expectedSeconds: 60,
});
