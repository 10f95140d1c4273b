/** The text of a GraphQL operation, with the types that the code generator found for it. */
export interface Operation<Data, Variables> {
  readonly text: string;
  /** Only for the types. */
  readonly types?: (variables: Variables) => Data;
}

/** Types the text of an operation. */
export function operation<Data, Variables>(text: string): Operation<Data, Variables> {
  return { text };
}
