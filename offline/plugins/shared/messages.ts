import pb from "@pulumi/pulumi/proto/provider_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import type { Autonaming, CheckFailure, DiffKind, DiffResult } from "./plugin.ts";
import { decode, encode, type Value, type Values } from "./values.ts";

type Struct = InstanceType<typeof structPb.Struct>;

/** Fills a message. */
export function message<T>(empty: T, fill: (message: T) => void): T {
  fill(empty);
  return empty;
}

/** Values of a request. */
export function values(sent: Struct | undefined): Values {
  return sent ? (decode(sent.toJavaScript()) as Values) : {};
}

/** Values of a response. */
export function struct(value: Values): Struct {
  return structPb.Struct.fromJavaScript(encode(value as Value) as Record<string, any>);
}

/** Autonaming options of a Check request. */
export function autonaming(sent: any): Autonaming | undefined {
  return (
    sent && {
      proposedName: sent.getProposedName(),
      mode: (["propose", "enforce", "disable"] as const)[sent.getMode() as 0 | 1 | 2],
    }
  );
}

export function checkFailures(list: CheckFailure[] = []): any[] {
  return list.map((f) =>
    message(new pb.CheckFailure(), (m) => {
      m.setProperty(f.property);
      m.setReason(f.reason);
    }),
  );
}

export function checkResponse(answer: { inputs: Values; failures?: CheckFailure[] }): unknown {
  return message(new pb.CheckResponse(), (m) => {
    m.setInputs(struct(answer.inputs));
    m.setFailuresList(checkFailures(answer.failures));
  });
}

const kinds: Record<DiffKind, number> = {
  add: 0,
  "add-replace": 1,
  delete: 2,
  "delete-replace": 3,
  update: 4,
  "update-replace": 5,
};

export function diffResponse(answer: DiffResult): unknown {
  return message(new pb.DiffResponse(), (m) => {
    m.setChanges(answer.changes === undefined ? 0 : answer.changes ? 2 : 1);
    m.setReplacesList(answer.replaces ?? []);
    m.setDeletebeforereplace(answer.deleteBeforeReplace ?? false);
    m.setDiffsList(answer.diffs ?? []);
    if (!answer.detailedDiff) return;
    m.setHasdetaileddiff(true);
    for (const [path, { kind, inputDiff }] of Object.entries(answer.detailedDiff)) {
      const property = new pb.PropertyDiff();
      property.setKind(kinds[kind] as any);
      property.setInputdiff(inputDiff ?? false);
      m.getDetaileddiffMap().set(path, property);
    }
  });
}
