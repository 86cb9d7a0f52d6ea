import * as grpc from "@grpc/grpc-js";
import engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";

/** The part of the engine that a plugin uses: messages for the user. */
export interface Engine {
  /** Shows a line at a resource. `passing` lines are shown only while the operation runs. */
  log(severity: "debug" | "info" | "warning" | "error", message: string, urn?: string, passing?: boolean): void;
}

/** Connects to the engine at `address`; messages that it no longer accepts are dropped. */
export function connectEngine(address: string): Engine {
  const client = new engineRpc.EngineClient(address, grpc.credentials.createInsecure());
  const severities = { debug: 0, info: 1, warning: 2, error: 3 } as const;
  return {
    log(severity, message, urn = "", passing = false) {
      const request = new enginePb.LogRequest();
      request.setSeverity(severities[severity]);
      request.setMessage(message);
      request.setUrn(urn);
      request.setEphemeral(passing);
      client.log(request, () => undefined);
    },
  };
}
