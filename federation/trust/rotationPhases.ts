/** Phases of a rotation in their order; `none` where none is configured. */
export const rotationOrder = ["none", "add", "switch", "remove"] as const;
export type RotationPhase = (typeof rotationOrder)[number];

/** What follows each phase; `done`: the key `rotation` is dropped. */
export const nextPhase = { none: "add", add: "switch", switch: "remove", remove: "done" } as const;
export type RotationStep = (typeof nextPhase)[RotationPhase];
