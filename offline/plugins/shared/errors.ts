import * as grpc from "@grpc/grpc-js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { InitFailed } from "./plugin.ts";
import { encode, type Value } from "./values.ts";

/** A method of the protocol that is not implemented. */
export class Unimplemented extends Error {}

/** The gRPC status of an error. Its details carry the object that exists despite the error. */
export function statusOf(plugin: string, error: unknown): grpc.ServiceError {
  const aborted = error instanceof Error && error.name === "AbortError";
  const message = aborted
    ? "the operation was cancelled before its end"
    : error instanceof Error
      ? error.message
      : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof InitFailed) metadata.add("grpc-status-details-bin", details(error));
  else if (error instanceof TypeError || error instanceof RangeError)
    // A bug of the plugin: the stack trace shows where.
    process.stderr.write(`${plugin}: ${error.stack ?? message}\n`);
  return Object.assign(new Error(message), {
    code: error instanceof Unimplemented ? grpc.status.UNIMPLEMENTED : grpc.status.UNKNOWN,
    details: message,
    metadata,
  }) as grpc.ServiceError;
}

function details(error: InitFailed): Buffer {
  const kept = new pb.ErrorResourceInitFailed();
  kept.setId(error.id);
  kept.setReasonsList(error.reasons);
  kept.setProperties(structPb.Struct.fromJavaScript(encode(error.properties as Value) as Record<string, any>));
  kept.setInputs(structPb.Struct.fromJavaScript(encode(error.inputs as Value) as Record<string, any>));
  const any = new anyPb.Any();
  any.pack(kept.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusPb.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(any);
  return Buffer.from(status.serializeBinary());
}
