/**
 * A failed start that the operator can remedy. Its message names the problem and the remedy and is shown without a
 * stack.
 */
export class StartError extends Error {}
