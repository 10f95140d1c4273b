import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** Something deprecated that a document uses, and what to use in its place. */
export interface Deprecation {
  /** Its schema coordinate, such as `Merchant.isSandbox`. */
  readonly coordinate: string;
  readonly reason: string;
}

const known = new WeakMap<OperationDefinitionNode, readonly Deprecation[]>();

/** Returns the deprecated fields, arguments, input fields and enum values that an operation names, each once. Values of variables do not count. */
export function deprecationsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): readonly Deprecation[] {
  const operation = getOperationAST(document, operationName);
  if (!operation) return [];
  const before = known.get(operation);
  if (before) return before;
  const found = findDeprecations(schema, ofOperation(document, operation));
  known.set(operation, found);
  return found;
}

/** The document without its other operations, and without fragments that only those use. */
function ofOperation(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  return separateOperations(document)[operation.name?.value ?? ''] ?? document;
}

function findDeprecations(schema: GraphQLSchema, document: DocumentNode): Deprecation[] {
  const found = new Map<string, string>();
  const note = (coordinate: string, reason: string | null | undefined): void => {
    if (reason) found.set(coordinate, reason);
  };
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field({ name }) {
        note(`${info.getParentType()?.name}.${name.value}`, info.getFieldDef()?.deprecationReason);
      },
      Directive: () => false,
      Argument({ name }) {
        const at = `${info.getParentType()?.name}.${info.getFieldDef()?.name}(${name.value}:)`;
        note(at, info.getArgument()?.deprecationReason);
      },
      ObjectField({ name }) {
        const parent = info.getParentInputType();
        const field = parent && 'getFields' in parent ? parent.getFields()[name.value] : undefined;
        if (parent && 'name' in parent) note(`${parent.name}.${name.value}`, field?.deprecationReason);
      },
      EnumValue({ value }) {
        const type = info.getInputType();
        note(`${String(type).replaceAll(/[[\]!]/g, '')}.${value}`, info.getEnumValue()?.deprecationReason);
      },
    }),
  );
  return [...found].map(([coordinate, reason]) => ({ coordinate, reason }));
}
