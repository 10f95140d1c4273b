import XMLBuilder from 'fast-xml-builder';

/** The content of an element: a text, elements by name in their order, a repeated element, or nothing. */
export type Content = string | Elements | readonly Content[] | null;
/** Elements by name. `@name` is an attribute, `#` the text beside attributes. Those that are null are left out. */
export interface Elements {
  readonly [name: string]: Content;
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', textNodeName: '#' });

/** Number of repeated elements that are written without a pause. */
const SLICE = 500;

/**
 * Returns a document with one list of repeated elements at the end of `around`, such as the transactions of a payment. The list is
 * written in slices, so that a long one does not hold the event loop.
 */
export async function writeDocument(
  namespace: string,
  around: Elements,
  path: readonly string[],
  repeated: string,
  items: readonly Elements[],
): Promise<string> {
  const marker = '<items></items>';
  const shell = builder.build({ Document: { '@xmlns': namespace, ...withItems(present(around), path) } });
  const [head, tail, ...rest] = shell.split(marker);
  if (head === undefined || tail === undefined || rest.length > 0)
    throw new Error('the document has no place for its items');
  const parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', head];
  for (let at = 0; at < items.length; at += SLICE) {
    parts.push(builder.build({ [repeated]: items.slice(at, at + SLICE).map(present) }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  parts.push(tail, '\n');
  return parts.join('');
}

/** Returns elements with a place for the items at the end of the element of a path. */
function withItems(elements: Elements, [name, ...deeper]: readonly string[]): Elements {
  if (name === undefined) return { ...elements, items: '' };
  const inner = elements[name];
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner))
    throw new Error(`there is no element ${name}`);
  return { ...elements, [name]: withItems(inner as Elements, deeper) };
}

/** Returns elements without those that are null or empty. */
function present(elements: Elements): Elements {
  const kept = Object.entries(elements).flatMap(([name, content]) => {
    const written = presentContent(content);
    return written === null ? [] : [[name, written] as const];
  });
  return Object.fromEntries(kept);
}

function presentContent(content: Content): Content {
  if (content === null || typeof content === 'string') return content;
  if (Array.isArray(content)) return (content as readonly Content[]).map(presentContent);
  const elements = present(content as Elements);
  return Object.keys(elements).length === 0 ? null : elements;
}
