/*
 * Messages of Pulumi that this program must distinguish. Pulumi's errors have no codes here: the engine returns the
 * error of an invoke as text, and the command line prints it.
 */

/**
 * Whether Pulumi reports that a stack does not exist.
 * - of an invoke: https://github.com/pulumi/pulumi/blob/master/pkg/resource/deploy/builtins.go ("unknown stack")
 * - of the command line: https://github.com/pulumi/pulumi/blob/master/pkg/cmd/pulumi/stack/util.go ("no stack named")
 */
export function isStackAbsent(message: string): boolean {
  return /unknown stack|no stack named|not found/i.test(message);
}

/**
 * Whether `pulumi stack output` reports that a stack does not have the output.
 * https://github.com/pulumi/pulumi/blob/master/pkg/cmd/pulumi/stack/stack_output.go
 */
export function isOutputAbsent(message: string): boolean {
  return /does not have output property/i.test(message);
}

/**
 * Whether Pulumi read the state of a stack while another run wrote it. A backend of files does not write atomically.
 * https://github.com/google/go-cloud/blob/master/blob/fileblob/attrs.go
 */
export function isStateBeingWritten(message: string): boolean {
  return /failed to load checkpoint: (unexpected )?EOF/.test(message);
}
