import * as grpc from "@grpc/grpc-js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { connectEngine } from "./engine.ts";
import { statusOf, Unimplemented } from "./errors.ts";
import type { Autonaming, CheckFailure, DiffKind, DiffResult, Plugin, ResourceRequest } from "./plugin.ts";
import type { Session } from "./serve.ts";
import { decode, encode, type Value, type Values } from "./values.ts";

type Struct = InstanceType<typeof structPb.Struct>;
type Method = (request: any) => Promise<unknown>;

/** The protocol's methods over a plugin: messages to plain values and back, errors to statuses. */
export function handlersOf(plugin: Plugin, session: Session): grpc.UntypedServiceImplementation {
  const resource = (request: any): ResourceRequest => {
    const urn: string = request.getUrn();
    const type = request.getType?.() || urn.split("::")[2]?.split("$").at(-1) || "";
    return { urn, type, name: request.getName?.() || urn.split("::").slice(3).join("::"), signal: session.stop.signal };
  };
  const methods: Record<string, Method | undefined> = {
    getPluginInfo: async () => message(new pluginPb.PluginInfo(), (m) => m.setVersion(plugin.version)),
    getSchema: async () => {
      throw new Unimplemented(
        `this stand-in for the ${plugin.name} plugin has no schema, so no code can be generated from it. What was to be imported is imported all the same: write its resource into the program yourself, and give pulumi import the flag --generate-code=false`,
      );
    },
    attach: async (request) => {
      session.engine = connectEngine(request.getAddress());
      return new emptyPb.Empty();
    },
    cancel: async () => {
      session.stop.abort(new Error("the operation was cancelled"));
      return new emptyPb.Empty();
    },
    checkConfig:
      plugin.checkConfig &&
      (async (r) =>
        checkResponse(
          await plugin.checkConfig!({ urn: r.getUrn(), olds: values(r.getOlds()), news: values(r.getNews()) }),
        )),
    diffConfig:
      plugin.diffConfig &&
      (async (r) =>
        diffResponse(
          await plugin.diffConfig!({ urn: r.getUrn(), olds: values(r.getOlds()), news: values(r.getNews()) }),
        )),
    configure: async (r) => {
      const engine = session.engine ?? { log: () => undefined };
      const answer = await plugin.configure({ args: values(r.getArgs()), engine });
      return message(new pb.ConfigureResponse(), (m) => {
        m.setAcceptsecrets(answer.acceptsSecrets ?? true);
        m.setAcceptresources(answer.acceptsResources ?? false);
        m.setAcceptoutputs(answer.acceptsOutputs ?? false);
        m.setSupportspreview(answer.supportsPreview ?? false);
        m.setSupportsAutonamingConfiguration(answer.supportsAutonaming ?? false);
      });
    },
    check: async (r) =>
      checkResponse(
        await plugin.check({
          ...resource(r),
          olds: values(r.getOlds()),
          news: values(r.getNews()),
          randomSeed: r.getRandomseed_asU8(),
          autonaming: autonaming(r.getAutonaming()),
        }),
      ),
    diff: async (r) =>
      diffResponse(
        await plugin.diff({
          ...resource(r),
          id: r.getId(),
          olds: values(r.getOlds()),
          oldInputs: values(r.getOldInputs()),
          news: values(r.getNews()),
          ignoreChanges: r.getIgnorechangesList(),
        }),
      ),
    create: async (r) => {
      const made = await plugin.create({
        ...resource(r),
        properties: values(r.getProperties()),
        timeout: r.getTimeout(),
        preview: r.getPreview(),
      });
      return message(new pb.CreateResponse(), (m) => {
        m.setId(made.id);
        m.setProperties(struct(made.properties));
      });
    },
    read: async (r) => {
      const found = await plugin.read({
        ...resource(r),
        id: r.getId(),
        properties: values(r.getProperties()),
        inputs: values(r.getInputs()),
      });
      return message(new pb.ReadResponse(), (m) => {
        if (!found) return;
        m.setId(found.id);
        m.setProperties(struct(found.properties));
        m.setInputs(struct(found.inputs));
      });
    },
    update: async (r) => {
      const updated = await plugin.update({
        ...resource(r),
        id: r.getId(),
        olds: values(r.getOlds()),
        oldInputs: values(r.getOldInputs()),
        news: values(r.getNews()),
        timeout: r.getTimeout(),
        ignoreChanges: r.getIgnorechangesList(),
        preview: r.getPreview(),
      });
      return message(new pb.UpdateResponse(), (m) => m.setProperties(struct(updated.properties)));
    },
    delete: async (r) => {
      await plugin.delete({
        ...resource(r),
        id: r.getId(),
        properties: values(r.getProperties()),
        oldInputs: values(r.getOldInputs()),
        timeout: r.getTimeout(),
      });
      return new emptyPb.Empty();
    },
    invoke:
      plugin.invoke &&
      (async (r) => {
        const answer = await plugin.invoke!({
          token: r.getTok(),
          args: values(r.getArgs()),
          signal: session.stop.signal,
        });
        return message(new pb.InvokeResponse(), (m) => {
          m.setReturn(struct(answer.result as Values));
          m.setFailuresList(failures(answer.failures));
        });
      }),
    construct:
      plugin.construct &&
      (async (r) => {
        const made = await plugin.construct!({
          type: r.getType(),
          name: r.getName(),
          parent: r.getParent(),
          inputs: values(r.getInputs()),
          providers: Object.fromEntries(r.getProvidersMap().entries()),
          dependencies: r.getDependenciesList(),
          deletedWith: r.getDeletedwith(),
          monitorEndpoint: r.getMonitorendpoint(),
          dryRun: r.getDryrun(),
          project: r.getProject(),
          stack: r.getStack(),
          parallel: r.getParallel(),
          acceptsOutputs: r.getAcceptsOutputValues(),
          signal: session.stop.signal,
        });
        return message(new pb.ConstructResponse(), (m) => {
          m.setUrn(made.urn);
          m.setState(struct(made.state));
        });
      }),
  };
  return Object.fromEntries(
    Object.entries(methods).flatMap(([name, method]) => (method ? [[name, unary(plugin.name, session, method)]] : [])),
  );
}

function unary(plugin: string, session: Session, method: Method): grpc.handleUnaryCall<any, any> {
  return (call, callback) => {
    session.running++;
    method(call.request)
      .finally(() => session.running--)
      .then(
        (answer) => callback(null, answer),
        (error: unknown) => callback(statusOf(plugin, error), null),
      );
  };
}

function values(sent: Struct | undefined): Values {
  return sent ? (decode(sent.toJavaScript()) as Values) : {};
}

function struct(value: Values): Struct {
  return structPb.Struct.fromJavaScript(encode(value as Value) as Record<string, any>);
}

function autonaming(sent: any): Autonaming | undefined {
  return (
    sent && {
      proposedName: sent.getProposedName(),
      mode: (["propose", "enforce", "disable"] as const)[sent.getMode() as 0 | 1 | 2],
    }
  );
}

function message<T>(empty: T, fill: (message: T) => void): T {
  fill(empty);
  return empty;
}

function failures(list: CheckFailure[] = []): any[] {
  return list.map((f) =>
    message(new pb.CheckFailure(), (m) => {
      m.setProperty(f.property);
      m.setReason(f.reason);
    }),
  );
}

function checkResponse(answer: { inputs: Values; failures?: CheckFailure[] }): unknown {
  return message(new pb.CheckResponse(), (m) => {
    m.setInputs(struct(answer.inputs));
    m.setFailuresList(failures(answer.failures));
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

function diffResponse(answer: DiffResult): unknown {
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
