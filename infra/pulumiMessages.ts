/*
 * Messages of Pulumi that this program must distinguish. Pulumi's errors have no codes here: the engine returns the
 * error of an invoke as text, and the command line prints it.
 */

/**
 * Whether the error of an invoke says that this very stack does not exist. Any other error that something is not found
 * (a bucket, a key, a host, another stack) is a failed read, not an absent stack.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/backend.go (GetStackOutputs)
 * @param stack full name, as the invoke got it
 */
export function isStackAbsent(message: string, stack: string): boolean {
  return message.trimEnd().endsWith(`unknown stack ${JSON.stringify(stack)}`);
}

/**
 * Exit code of a Pulumi command whose stack does not exist.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/cmd/exit_codes.go
 */
export const exitStackNotFound = 6;

/**
 * Whether `pulumi stack output` says that the stack does not have the output.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/stack/stack_output.go
 */
export function isOutputAbsent(message: string, output: string): boolean {
  return message.trimEnd().endsWith(`error: current stack does not have output property '${output}'`);
}

/**
 * Whether Pulumi read the state of a stack while another run wrote it. A backend of files does not write atomically.
 * https://github.com/google/go-cloud/blob/master/blob/fileblob/attrs.go
 */
export function isStateBeingWritten(message: string): boolean {
  return /failed to load checkpoint: (unexpected )?EOF/.test(message);
}
