import type pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";

/** A message of the provider protocol as JSON: default values are left out, as in recordings. */
export type Json = Record<string, any>;

const requests: Record<string, new () => any> = {
  GetPluginInfo: emptyPb.Empty,
  GetSchema: pb.GetSchemaRequest,
  CheckConfig: pb.CheckRequest,
  DiffConfig: pb.DiffRequest,
  Configure: pb.ConfigureRequest,
  Check: pb.CheckRequest,
  Diff: pb.DiffRequest,
  Create: pb.CreateRequest,
  Read: pb.ReadRequest,
  Update: pb.UpdateRequest,
  Delete: pb.DeleteRequest,
  Invoke: pb.InvokeRequest,
  Construct: pb.ConstructRequest,
  Cancel: emptyPb.Empty,
};

const structs = new Set(["olds", "news", "oldinputs", "properties", "inputs", "args"]);

/** The message that `method` takes. Fields that do not exist are an error; nested messages but structs are left out. */
export function toMessage(method: string, json: Json): any {
  const Request = requests[method];
  if (!Request) throw new Error(`no request type for ${method}`);
  const message = new Request();
  const members = new Map<string, string>();
  for (let at = Object.getPrototypeOf(message); at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) members.set(name.toLowerCase(), name);
  for (const [key, value] of Object.entries(json)) {
    const lower = key.toLowerCase();
    const map = members.get(`get${lower}map`);
    if (map) {
      for (const [k, v] of Object.entries(value as Json)) if (typeof v === "string") message[map]().set(k, v);
      continue;
    }
    const setter = members.get(Array.isArray(value) ? `set${lower}list` : `set${lower}`);
    if (!setter) throw new Error(`${method} has no field ${key}`);
    if (structs.has(lower)) message[setter](structPb.Struct.fromJavaScript(value));
    else if (typeof value !== "object" || Array.isArray(value)) message[setter](value);
  }
  return message;
}

/** What `method` answered, as JSON. */
export function fromMessage(method: string, m: any): Json {
  const struct = (s: any): Json => s?.toJavaScript() ?? {};
  const failures = (list: any[]): Json[] => list.map((f) => ({ property: f.getProperty(), reason: f.getReason() }));
  const readers: Record<string, () => Json> = {
    GetPluginInfo: () => ({ version: (m as InstanceType<typeof pluginPb.PluginInfo>).getVersion() }),
    CheckConfig: () => ({ inputs: struct(m.getInputs()), failures: failures(m.getFailuresList()) }),
    Check: () => ({ inputs: struct(m.getInputs()), failures: failures(m.getFailuresList()) }),
    DiffConfig: () => diff(m),
    Diff: () => diff(m),
    Configure: () => ({
      acceptSecrets: m.getAcceptsecrets(),
      supportsPreview: m.getSupportspreview(),
      acceptResources: m.getAcceptresources(),
      acceptOutputs: m.getAcceptoutputs(),
      supportsAutonamingConfiguration: m.getSupportsAutonamingConfiguration(),
    }),
    Create: () => ({ id: m.getId(), properties: struct(m.getProperties()) }),
    Read: () => ({
      id: m.getId(),
      properties: m.getProperties() && struct(m.getProperties()),
      inputs: m.getInputs() && struct(m.getInputs()),
    }),
    Update: () => ({ properties: struct(m.getProperties()) }),
    Delete: () => ({}),
    Cancel: () => ({}),
    Invoke: () => ({ return: struct(m.getReturn()), failures: failures(m.getFailuresList()) }),
    Construct: () => ({ urn: m.getUrn(), state: struct(m.getState()) }),
  };
  return withoutDefaults(readers[method]!());
}

function diff(m: any): Json {
  const kinds = Object.entries(pb.PropertyDiff.Kind) as [string, number][];
  const detailed = [...(m.getDetaileddiffMap().entries() as Iterable<[string, any]>)].map(([path, property]) => {
    const kind = kinds.find(([, number]) => number === property.getKind())![0];
    return [path, withoutDefaults({ kind: kind === "ADD" ? undefined : kind, inputDiff: property.getInputdiff() })];
  });
  return {
    changes: [undefined, "DIFF_NONE", "DIFF_SOME"][m.getChanges()],
    replaces: m.getReplacesList(),
    diffs: m.getDiffsList(),
    deleteBeforeReplace: m.getDeletebeforereplace(),
    detailedDiff: detailed.length > 0 ? Object.fromEntries(detailed) : undefined,
    hasDetailedDiff: m.getHasdetaileddiff(),
  };
}

function withoutDefaults(json: Json): Json {
  return Object.fromEntries(
    Object.entries(json).filter(
      ([, value]) =>
        value !== undefined && value !== false && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
