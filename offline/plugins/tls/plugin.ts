import type { Engine } from "../shared/engine.ts";
import type { Plugin } from "../shared/plugin.ts";
import { hasUnknown, reveal, type Values } from "../shared/values.ts";
import { certRequest } from "./certRequest.ts";
import { checkInputs } from "./check.ts";
import { diffOf } from "./diff.ts";
import { keptInputs, withDefaults, withoutNulls, type ResourceKind } from "./kind.ts";
import { locallySignedCert } from "./locallySignedCert.ts";
import { privateKey } from "./privateKey.ts";
import { publicKeyToken, readPublicKey } from "./publicKey.ts";
import { selfSignedCert } from "./selfSignedCert.ts";
import { markSecrets, plannedState, stateOf } from "./state.ts";
import { isReadyForRenewal } from "./time.ts";

const kinds = new Map([privateKey, selfSignedCert, certRequest, locallySignedCert].map((kind) => [kind.token, kind]));

/** The stand-in for `tls` 5.6.1: keys, certificates, certificate requests, and `getPublicKey`. */
export function tlsPlugin(): Plugin {
  let engine: Engine = { log: () => undefined };
  const make = async (kind: ResourceKind, inputs: Values, urn: string): Promise<{ id: string; properties: Values }> => {
    const known = withDefaults(kind, inputs);
    const unknown = Object.keys(known).filter((name) => hasUnknown(known[name]));
    if (unknown.length > 0) throw new Error(`${unknown.join(", ")} of ${kind.token} must be known to make it`);
    const made = await kind.make(known, (message) => engine.log("warning", message, urn));
    return { id: made.id, properties: stateOf(kind, made.id, known, made.outputs) };
  };

  return {
    name: "tls",
    version: "5.6.1",
    checkConfig: async ({ news }) => ({ inputs: news }),
    // As the official plugin: without an answer the engine compares for itself.
    diffConfig: async () => ({}),
    configure: async (request) => {
      engine = request.engine;
      return { supportsPreview: true, supportsAutonaming: true, acceptsSecrets: false, acceptsResources: true };
    },
    check: async ({ type, news }) => {
      const kind = kindOf(type);
      const inputs = withoutNulls(reveal(news));
      return { inputs: markSecrets(kind, inputs), failures: checkInputs(kind, inputs) };
    },
    diff: async ({ type, olds, news }) => diffOf(kindOf(type), reveal(olds), reveal(news)),
    create: async ({ type, properties, preview, urn }) => {
      const kind = kindOf(type);
      const inputs = reveal(properties);
      if (preview) return { id: "", properties: plannedState(kind, withDefaults(kind, inputs)) };
      return make(kind, inputs, urn);
    },
    // Nothing of it lives outside state; all that time changes is whether it is to be renewed.
    read: async ({ type, id, properties, inputs }) => {
      const kind = kindOf(type);
      const state = reveal(properties);
      if (Object.keys(state).length === 0)
        throw new Error(
          `${type} lives in state only, so there is nothing to import "${id}" from: create ` +
            "it, or bring its PEM texts as configuration",
        );
      if (kind.renews && isReadyForRenewal(state["validityEndTime"], state["earlyRenewalHours"]))
        state["readyForRenewal"] = true;
      const given = Object.keys(inputs).length > 0 ? reveal(inputs) : keptInputs(kind, state);
      return { id, properties: stateOf(kind, id, state, state), inputs: markSecrets(kind, given) };
    },
    update: async ({ type, id, olds, news }) => {
      const kind = kindOf(type);
      const outputs = kind.renews ? { ...reveal(olds), readyForRenewal: false } : reveal(olds);
      return { properties: stateOf(kind, id, withDefaults(kind, reveal(news)), outputs) };
    },
    delete: async ({ type }) => void kindOf(type),
    invoke: async ({ token, args }) => {
      if (token !== publicKeyToken)
        throw new Error(`function ${token} is not known; this stand-in for the tls plugin has ${publicKeyToken} only`);
      return readPublicKey(reveal(args));
    },
  };
}

function kindOf(type: string): ResourceKind {
  const kind = kinds.get(type);
  if (!kind)
    throw new Error(
      `resource type ${type} is not known; this stand-in for the tls plugin has ${[...kinds.keys()].join(", ")}`,
    );
  return kind;
}
