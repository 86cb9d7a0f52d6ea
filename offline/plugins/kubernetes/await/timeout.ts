/** How long an object may take to be ready or gone, in seconds, unless resource or annotation say otherwise. */
const usual = 600;

/**
 * Seconds that an operation on an object may take: the resource's `customTimeouts` (0: none), else the annotation
 * `pulumi.com/timeoutSeconds`, else ten minutes.
 */
export function timeoutOf(custom: number, annotations: Record<string, string> = {}): number {
  const annotated = annotations["pulumi.com/timeoutSeconds"] ?? "";
  if (custom > 0) return custom;
  return /^\d+$/.test(annotated) && Number(annotated) > 0 ? Number(annotated) : usual;
}
