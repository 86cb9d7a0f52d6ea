import { z } from "zod";
import { istioNamespace } from "./defaults.ts";
import { chartRepository, label } from "./fields.ts";
import { minorOf, supportedIstioMinors } from "./versions.ts";

/**
 * A second control plane of a managed Istio, for an upgrade. It has a revision of its own; what is left out here is
 * that of the mesh's own control plane.
 */
const canary = z.strictObject({
  revision: label,
  version: z.string().min(1).optional(),
  hub: z.string().min(1).optional(),
  tag: z.string().min(1).optional(),
  /** Merged over `istio.values`. */
  values: z.record(z.string(), z.unknown()).optional(),
});

/** Key `istio`: Istio of the mesh, which the program manages or finds. */
export const istio = z
  .discriminatedUnion(
    "provider",
    [
      z.strictObject({
        provider: z.literal("managed"),
        version: z.string().min(1).optional(),
        istioMinor: z.enum(supportedIstioMinors).optional(),
        hub: z.string().min(1).optional(),
        tag: z.string().min(1).optional(),
        /** `gateway` is needed for a managed gateway only. */
        charts: z.strictObject({ base: z.string(), istiod: z.string(), gateway: z.string().optional() }).optional(),
        chartRepository: chartRepository.optional(),
        values: z.record(z.string(), z.unknown()).optional(),
        /** Of its control plane; default the one without. Only one with a revision can have a canary beside it. */
        revision: label.optional(),
        canary: canary.optional(),
        /** Control planes that may be removed while pods still use them; `default` is the one without a revision. */
        abandonedRevisions: z.array(label).optional(),
      }),
      z.strictObject({
        provider: z.literal("existing"),
        version: z.string().min(1),
        istioMinor: z.enum(supportedIstioMinors).optional(),
        namespace: label.default(istioNamespace),
        /** Of its control plane; default the one without. */
        revision: label.optional(),
      }),
    ],
    { error: "provider must be one of managed, existing" },
  )
  .superRefine((value, ctx) => {
    if (value.version && !value.istioMinor && !minorOf(value.version))
      ctx.addIssue({
        code: "custom",
        path: ["version"],
        input: value.version,
        message: `must be of a supported minor (${supportedIstioMinors.join(", ")}), or name one in istioMinor`,
      });
  });
