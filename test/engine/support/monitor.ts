import * as grpc from "@grpc/grpc-js";
import resourceRpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/resource_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";

/** A resource as a plugin registered it. */
export interface Registration {
  type: string;
  name: string;
  parent: string;
  custom: boolean;
  object: Record<string, any>;
  dependencies: string[];
  retainOnDelete: boolean;
}

/** A resource monitor in place of the engine's: records what a component registers and replies with `answer`. */
export async function startMonitor(
  answer: (registration: Registration) => { urn: string; id?: string },
): Promise<{ address: string; registrations: Registration[]; stop(): void }> {
  const registrations: Registration[] = [];
  const server = new grpc.Server();
  server.addService(
    resourceRpc.ResourceMonitorService as unknown as grpc.ServiceDefinition,
    {
      registerResource: (call: any, callback: any) => {
        const request = call.request as InstanceType<typeof pb.RegisterResourceRequest>;
        const registration = {
          type: request.getType(),
          name: request.getName(),
          parent: request.getParent(),
          custom: request.getCustom(),
          object: (request.getObject()?.toJavaScript() ?? {}) as Record<string, any>,
          dependencies: request.getDependenciesList(),
          retainOnDelete: (request as any).getRetainondelete() ?? false,
        };
        registrations.push(registration);
        const { urn, id = "" } = answer(registration);
        const response = new pb.RegisterResourceResponse();
        response.setUrn(urn);
        response.setId(id);
        callback(null, response);
      },
      registerResourceOutputs: (_: unknown, callback: any) => callback(null, new emptyPb.Empty()),
    } as grpc.UntypedServiceImplementation,
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, registrations, stop: () => server.forceShutdown() };
}
