import { type FragmentDefinitionNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** Returns the names of the fields selected directly under the resolved field, including those in fragments. */
export function selectedFields(info: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of info.fieldNodes) addFields(node.selectionSet, info.fragments, names);
  return names;
}

/** Adds the names of the fields selected directly in a selection set to `names`, including those in fragments. */
export function addFields(
  selections: SelectionSetNode | undefined,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  names: Set<string>,
): void {
  for (const selection of selections?.selections ?? []) {
    if (selection.kind === Kind.FIELD) names.add(selection.name.value);
    else if (selection.kind === Kind.INLINE_FRAGMENT) addFields(selection.selectionSet, fragments, names);
    else addFields(fragments[selection.name.value]?.selectionSet, fragments, names);
  }
}
