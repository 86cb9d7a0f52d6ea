import * as grpc from "@grpc/grpc-js";
import resourceRpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/resource_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import type { ConstructRequest } from "../../shared/plugin.ts";
import { encode, Unknown, type Value, type Values } from "../../shared/values.ts";
import { secretData } from "../object/state.ts";
import { dependenciesOf } from "./order.ts";
import type { Manifest } from "./parse.ts";

/** How the children of a component are made. */
export interface RegisterOptions {
  /** First part of their names; default: the component's name. */
  prefix?: string;
  /** Leave waiting for readiness out. */
  skipAwait?: boolean;
  /** Whether an object stays in the cluster when its resource goes. Default: none does. */
  keep?(manifest: Manifest): boolean;
  /** Turns an object, the `i`th of them, into its inputs, e.g. to mark secrets. */
  inputs?(manifest: Manifest, i: number): Values;
}

/** Mark of a reference to a resource: pulumi/sdk/go/common/resource/plugin/rpc.go. */
const referenceMark = { "4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e" };

/**
 * Registers a component and one child for each object, named `<prefix>:<namespace>/<name>`, and answers as Construct
 * does: the component's URN, and its output `resources`. `undefined` for objects that are not known yet, in a
 * preview.
 */
export async function registerComponent(
  request: ConstructRequest,
  manifests: Manifest[] | undefined,
  options: RegisterOptions = {},
): Promise<{ urn: string; state: Values }> {
  const monitor = new resourceRpc.ResourceMonitorClient(request.monitorEndpoint, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  try {
    const component = await register(monitor, request, (message) => {
      message.setType(request.type);
      message.setName(request.name);
      message.setParent(request.parent);
      message.setDependenciesList(request.dependencies);
      for (const [name, reference] of Object.entries(request.providers)) message.getProvidersMap().set(name, reference);
    });
    const urn = component.getUrn();
    const resources = manifests ? await children(monitor, request, urn, manifests, options) : Unknown.value;
    await outputs(monitor, urn);
    return { urn, state: { resources } };
  } finally {
    monitor.close();
  }
}

async function children(
  monitor: any,
  request: ConstructRequest,
  parent: string,
  manifests: Manifest[],
  options: RegisterOptions,
): Promise<Value[]> {
  const waitFor = dependenciesOf(manifests);
  const made: Promise<{ urn: string; id: string; name: string; type: string }>[] = [];
  const make = async (i: number): Promise<{ urn: string; id: string; name: string; type: string }> => {
    const before = await Promise.all(waitFor[i]!.filter((j) => j !== i).map(once));
    const manifest = manifests[i]!;
    const { apiVersion, kind } = manifest;
    const type = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
    const { namespace, name: own, generateName } = manifest.metadata;
    const name = `${options.prefix ?? request.name}:${namespace ? `${namespace}/` : ""}${own ?? generateName}`;
    const inputs = secretData(
      (options.inputs ?? ((m: Manifest) => m as unknown as Values))(
        options.skipAwait ? withoutAwait(manifest) : manifest,
        i,
      ),
    );
    const answer = await register(monitor, request, (message) => {
      message.setType(type);
      message.setName(name);
      message.setParent(parent);
      message.setCustom(true);
      message.setObject(structPb.Struct.fromJavaScript(encode(inputs) as Record<string, any>));
      message.setDependenciesList(before.map((b) => b.urn));
      message.setRetainondelete(options.keep?.(manifest) ?? false);
    });
    return { urn: answer.getUrn(), id: answer.getId(), name, type };
  };
  const once = (i: number): (typeof made)[number] => (made[i] ??= make(i));
  const all = await Promise.all(manifests.map((_, i) => once(i)));
  return all.map(({ urn, id, name, type }) => ({ ...referenceMark, urn, id, name, type }));
}

function register(
  monitor: any,
  { providers, deletedWith }: ConstructRequest,
  fill: (message: any) => void,
): Promise<any> {
  const message = new pb.RegisterResourceRequest();
  message.setAcceptsecrets(true);
  message.setAcceptresources(true);
  message.setSupportsresultreporting(true);
  message.setDeletedwith(deletedWith);
  if (providers["kubernetes"]) message.setProvider(providers["kubernetes"]);
  fill(message);
  return new Promise((resolve, reject) => {
    monitor.registerResource(message, (error: grpc.ServiceError | null, answer: any) => {
      if (error) return reject(new Error(error.details));
      // 0 is success: https://github.com/pulumi/pulumi/blob/v3.259.0/proto/pulumi/resource.proto (Result)
      if (answer.getResult() !== 0)
        return reject(new Error(`resource ${message.getName()} failed; its own error says why`));
      resolve(answer);
    });
  });
}

function outputs(monitor: any, urn: string): Promise<void> {
  const message = new pb.RegisterResourceOutputsRequest();
  message.setUrn(urn);
  message.setOutputs(structPb.Struct.fromJavaScript({}));
  return new Promise((resolve, reject) =>
    monitor.registerResourceOutputs(message, (error: Error | null) => (error ? reject(error) : resolve())),
  );
}

function withoutAwait(manifest: Manifest): Manifest {
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      annotations: { ...manifest.metadata.annotations, "pulumi.com/skipAwait": "true" },
    },
  };
}
