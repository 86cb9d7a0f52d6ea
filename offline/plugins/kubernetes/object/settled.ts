import { InitFailed } from "../../shared/plugin.ts";
import type { Values } from "../../shared/values.ts";
import { awaitObject, NotReady } from "../await/await.ts";
import type { ResourceKind } from "../cluster.ts";
import type { Operation } from "./api.ts";
import { idOf, type LiveObject } from "./state.ts";

/** What {@link settled} tells and keeps of an object. */
export interface Kept {
  inputs: Values;
  /** State with the object as it is. */
  state(live: LiveObject): Values;
  /** Whom the error is about, by the object's id. */
  what(id: string): string;
}

/** The object once it is what it should be; when it does not get there it is kept in state, with the reasons. */
export async function settled(
  operation: Operation & { timeout: number },
  kind: ResourceKind,
  written: LiveObject,
  { inputs, state, what }: Kept,
): Promise<LiveObject> {
  try {
    return await awaitObject(operation, kind, written, operation.timeout);
  } catch (error) {
    const live = error instanceof NotReady ? error.live : written;
    const id = idOf(live);
    const cause = operation.signal.aborted
      ? `Resource operation was cancelled for "${live.metadata.name}"`
      : (error as Error).message;
    const message = `${what(id)} failed to fully initialize or become live: ${cause}`;
    // The engine shows the reasons, not the message.
    const reasons = [message, ...(error instanceof NotReady ? error.reasons : [])];
    throw new InitFailed(message, { id, properties: state(live), inputs, reasons });
  }
}
