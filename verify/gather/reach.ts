import { socketAddress } from "../../federation/objects/socketAddress.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import type { GatewayAddress } from "../edge.ts";
import { failed, type ClientHelloResult, type Failure } from "../evidence.ts";
import {
  istioAlpn,
  sendClientHello,
  sendPlaintext,
  sendWithoutCertificate,
  type Connector,
  type RawResponse,
} from "./clientHello.ts";
import type { ClientPod } from "./clientPod.ts";
import { relaysOf, type PodRelay } from "./podRelay.ts";
import { readServerHandshake, type ServerHandshake } from "./serverHandshake.ts";

/**
 * Sends what proves something about a gateway: from this machine, or, where it gets no connection, through a pod of the
 * importing mesh. The node network of a KinD cluster is not reachable from macOS, nor is that of many clouds.
 */
export class Reach {
  private readonly relays: () => Promise<PodRelay[]>;
  private found: Promise<PodRelay[]> | undefined;
  /** Why this machine has no connection to a gateway that a pod reaches, and that pod's relay, by address. */
  private readonly indirect = new Map<string, { here: string; relay: PodRelay }>();

  /** Addresses that no pod reaches either. */
  private readonly lost = new Set<string>();

  /** @param relays ways through pods, the better first; default none */
  constructor(relays: () => Promise<PodRelay[]> = async () => []) {
    this.relays = relays;
  }

  /** A {@link Reach} through a client's pod. */
  static through(cluster: KubeClient, pod: () => Promise<ClientPod | Failure>): Reach {
    return new Reach(async () => {
      const found = await pod();
      return failed(found) ? [] : relaysOf(cluster, found);
    });
  }

  /** {@link sendClientHello}. */
  hello = async (gateway: GatewayAddress, sni: string, alpn: string | null = istioAlpn): Promise<ClientHelloResult> => {
    const send = (from?: Connector) => sendClientHello(gateway, sni, alpn, from);
    const { result, via } = await this.first(gateway, send, (hello) =>
      hello.outcome === "unreachable" ? hello.detail : undefined,
    );
    return via ? { ...result, via } : result;
  };

  /** {@link sendPlaintext}. */
  async plaintext(gateway: GatewayAddress): Promise<RawResponse> {
    return (await this.first(gateway, (from) => sendPlaintext(gateway, from), unreached)).result;
  }

  /** {@link sendWithoutCertificate}. */
  async withoutCertificate(gateway: GatewayAddress, sni: string): Promise<RawResponse> {
    return (await this.first(gateway, (from) => sendWithoutCertificate(gateway, sni, from), unreached)).result;
  }

  /** {@link readServerHandshake}. */
  async handshake(gateway: GatewayAddress, sni: string): Promise<ServerHandshake | Failure> {
    const send = (from?: Connector) => readServerHandshake(gateway, sni, from);
    return (await this.first(gateway, send, (read) => (failed(read) ? read.failure : undefined))).result;
  }

  /**
   * The result from this machine, or the first through a pod where `lacking` says why one here is no result. That of
   * this machine where no pod has a better one.
   */
  private async first<T>(
    gateway: GatewayAddress,
    send: (from?: Connector) => Promise<T>,
    lacking: (result: T) => string | undefined,
  ): Promise<{ result: T; via?: { pod: string; here: string } }> {
    const address = socketAddress(gateway);
    const known = this.indirect.get(address);
    if (known) {
      const result = await send(known.relay);
      if (lacking(result) === undefined) return { result, via: { pod: known.relay.pod, here: known.here } };
    }
    const result = await send();
    const here = lacking(result);
    if (here === undefined) return { result };
    if (this.lost.has(address)) return { result };
    this.found ??= this.relays().catch(() => []);
    for (const relay of await this.found) {
      const through = await send(relay);
      if (lacking(through) !== undefined) {
        if (relay.ran) break;
        continue;
      }
      this.indirect.set(address, { here, relay });
      return { result: through, via: { pod: relay.pod, here } };
    }
    this.lost.add(address);
    return { result };
  }
}

function unreached({ reachable }: RawResponse): string | undefined {
  return reachable ? undefined : "no connection";
}
