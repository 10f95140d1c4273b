/** A reason not to start that a person can act on: one line that names the thing and the way out. Shown without a stack. */
export class StartError extends Error {}
