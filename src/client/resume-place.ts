import { type DocumentNode, type FieldNode, getOperationAST, Kind, parse, type SelectionSetNode } from 'graphql';

/** How a subscription can be resumed: the variable that takes the cursor, and the field whose results carry it. */
export interface ResumePlace {
  /** Name of the variable passed as `after`. */
  readonly variable: string;
  /** Response key of the subscription field. */
  readonly field: string;
}

/**
 * Returns how a subscription is resumed; null for a query. Throws a TypeError for mutations and subscriptions that
 * cannot be resumed.
 */
export function findResumePlace(query: string, operationName: string | null | undefined): ResumePlace | null {
  const document = parse(query);
  const operation = getOperationAST(document, operationName);
  if (operation?.operation === 'mutation')
    throw new TypeError('send mutations by POST: a resuming client could send them twice');
  if (operation?.operation !== 'subscription') return null;
  const [field] = fieldsIn(operation.selectionSet, document);
  const after = field?.arguments?.find(({ name }) => name.value === 'after');
  if (!field?.selectionSet || after?.value.kind !== Kind.VARIABLE) {
    throw new TypeError('to be resumable, a subscription must take `after` from a variable: `(after: $after)`');
  }
  if (!fieldsIn(field.selectionSet, document).some(({ name, alias }) => (alias ?? name).value === 'cursor')) {
    throw new TypeError('to be resumable, a subscription must select `cursor`');
  }
  return { variable: after.value.name.value, field: (field.alias ?? field.name).value };
}

/** Returns the fields of a selection, including those of its fragments. */
function fieldsIn({ selections }: SelectionSetNode, document: DocumentNode): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(selection.selectionSet, document);
    const isMeant = (name: string) => name === selection.name.value;
    return document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION && isMeant(definition.name.value)
        ? fieldsIn(definition.selectionSet, document)
        : [],
    );
  });
}
