import type * as grpc from "@grpc/grpc-js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import { connectEngine } from "./engine.ts";
import { statusOf, Unimplemented } from "./errors.ts";
import { autonaming, checkFailures, checkResponse, diffResponse, message, struct, values } from "./messages.ts";
import type { Plugin, ResourceRequest } from "./plugin.ts";
import type { Session } from "./serve.ts";
import type { Values } from "./values.ts";

type Method = (request: any) => Promise<unknown>;
/** Methods of the protocol. `undefined`: the plugin does not implement it. */
type Methods = Record<string, Method | undefined>;

/** The protocol's methods for a plugin: they convert messages to plain values and back, and errors to statuses. */
export function handlersOf(plugin: Plugin, session: Session): grpc.UntypedServiceImplementation {
  const methods: Methods = {
    ...sessionMethods(plugin, session),
    ...providerMethods(plugin, session),
    ...checkMethods(plugin, session),
    ...changeMethods(plugin, session),
    ...functionMethods(plugin, session),
  };
  return Object.fromEntries(
    Object.entries(methods).flatMap(([name, method]) => (method ? [[name, unary(plugin.name, session, method)]] : [])),
  );
}

/** Methods about the plugin's process. */
function sessionMethods(plugin: Plugin, session: Session): Methods {
  return {
    getPluginInfo: async () => message(new pluginPb.PluginInfo(), (m) => m.setVersion(plugin.version)),
    getSchema: async () => {
      throw new Unimplemented(
        `this stand-in for the ${plugin.name} plugin has no schema, so no code can be generated from it. ` +
          "An import succeeds without it: write the resource into the program yourself, and give pulumi import " +
          "the flag --generate-code=false",
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
  };
}

/** Methods of a provider. */
function providerMethods(plugin: Plugin, session: Session): Methods {
  const { checkConfig, diffConfig } = plugin;
  const compared = (r: any) => ({ urn: r.getUrn(), olds: values(r.getOlds()), news: values(r.getNews()) });
  return {
    checkConfig: checkConfig && (async (r) => checkResponse(await checkConfig.call(plugin, compared(r)))),
    diffConfig: diffConfig && (async (r) => diffResponse(await diffConfig.call(plugin, compared(r)))),
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
  };
}

/** Methods of a resource that change nothing. */
function checkMethods(plugin: Plugin, session: Session): Methods {
  return {
    check: async (r) =>
      checkResponse(
        await plugin.check({
          ...resourceOf(r, session),
          olds: values(r.getOlds()),
          news: values(r.getNews()),
          randomSeed: r.getRandomseed_asU8(),
          autonaming: autonaming(r.getAutonaming()),
        }),
      ),
    diff: async (r) =>
      diffResponse(
        await plugin.diff({
          ...resourceOf(r, session),
          id: r.getId(),
          olds: values(r.getOlds()),
          oldInputs: values(r.getOldInputs()),
          news: values(r.getNews()),
          ignoreChanges: r.getIgnorechangesList(),
        }),
      ),
    read: async (r) => {
      const found = await plugin.read({
        ...resourceOf(r, session),
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
  };
}

/** Methods that create, update and delete a resource. */
function changeMethods(plugin: Plugin, session: Session): Methods {
  return {
    create: async (r) => {
      const created = await plugin.create({
        ...resourceOf(r, session),
        properties: values(r.getProperties()),
        timeout: r.getTimeout(),
        preview: r.getPreview(),
      });
      return message(new pb.CreateResponse(), (m) => {
        m.setId(created.id);
        m.setProperties(struct(created.properties));
      });
    },
    update: async (r) => {
      const updated = await plugin.update({
        ...resourceOf(r, session),
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
        ...resourceOf(r, session),
        id: r.getId(),
        properties: values(r.getProperties()),
        oldInputs: values(r.getOldInputs()),
        timeout: r.getTimeout(),
      });
      return new emptyPb.Empty();
    },
  };
}

/** Functions and components. */
function functionMethods(plugin: Plugin, session: Session): Methods {
  const { signal } = session.stop;
  const { invoke, construct } = plugin;
  return {
    invoke:
      invoke &&
      (async (r) => {
        const answer = await invoke.call(plugin, { token: r.getTok(), args: values(r.getArgs()), signal });
        return message(new pb.InvokeResponse(), (m) => {
          m.setReturn(struct(answer.result as Values));
          m.setFailuresList(checkFailures(answer.failures));
        });
      }),
    construct:
      construct &&
      (async (r) => {
        const constructed = await construct.call(plugin, {
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
          signal,
        });
        return message(new pb.ConstructResponse(), (m) => {
          m.setUrn(constructed.urn);
          m.setState(struct(constructed.state));
        });
      }),
  };
}

function resourceOf(request: any, { stop }: Session): ResourceRequest {
  const urn: string = request.getUrn();
  const type = request.getType?.() || urn.split("::")[2]?.split("$").at(-1) || "";
  return { urn, type, name: request.getName?.() || urn.split("::").slice(3).join("::"), signal: stop.signal };
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
