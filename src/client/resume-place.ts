import { type DocumentNode, type FieldNode, getOperationAST, Kind, parse, type SelectionSetNode } from 'graphql';

/** Where a subscription says from where on, and where its results say how far they are. */
export interface ResumePlace {
  /** The variable given as `after`. */
  readonly variable: string;
  /** The response key of the subscription. */
  readonly field: string;
}

/** How a subscription is resumed; null for a query. Throws a TypeError with what it lacks. */
export function findResumePlace(query: string, operationName: string | null | undefined): ResumePlace | null {
  const document = parse(query);
  const operation = getOperationAST(document, operationName);
  if (operation?.operation === 'mutation')
    throw new TypeError('a mutation is sent by POST: here it could be sent twice');
  if (operation?.operation !== 'subscription') return null;
  const [field] = fieldsIn(operation.selectionSet, document);
  const after = field?.arguments?.find(({ name }) => name.value === 'after');
  if (!field?.selectionSet || after?.value.kind !== Kind.VARIABLE) {
    throw new TypeError('to be resumed, a subscription takes `after` from a variable: `(after: $after)`');
  }
  if (!fieldsIn(field.selectionSet, document).some(({ name, alias }) => (alias ?? name).value === 'cursor')) {
    throw new TypeError('to be resumed, a subscription selects `cursor`');
  }
  return { variable: after.value.name.value, field: (field.alias ?? field.name).value };
}

/** The fields of a selection, with those of its fragments. */
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
