import { SaxesParser } from 'saxes';

/** An element that was read. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

/** A document that was read: its root, and the namespace of the root, which all its elements share. */
export interface Document {
  readonly namespace: string;
  readonly root: Element;
}

/** A file that is not a message; the reason is for the operator. */
export class BrokenFile extends Error {}

/** Limits of a document. A bank's file of ten thousand transactions has some hundred thousand elements. */
const ELEMENTS_MAX = 1_000_000;
/** An element of a message has one or two attributes, and the root some namespaces. */
const ATTRIBUTES_MAX = 20;
const DEPTH_MAX = 64;
const TEXT_LENGTH_MAX = 10_000;
/** Digits of an amount before the point: as many as an amount of the gateway has, so that sums stay exact. */
const WHOLE_DIGITS_MAX = 9;
/** Number of characters that are parsed without a pause. */
const CHUNK = 64 * 1_024;

interface Open {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/**
 * Reads a document in UTF-8 of one namespace. Throws BrokenFile for text that is not well-formed, document types and
 * entities, other encodings, elements of other namespaces, and documents beyond the limits.
 */
export async function readDocument(bytes: Buffer): Promise<Document> {
  const text = decode(bytes);
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: Open[] = [];
  let root: Element | null = null;
  let namespace = '';
  let count = 0;
  const refuse = (reason: string): never => {
    throw new BrokenFile(`line ${parser.line}: ${reason}`);
  };
  parser.on('error', (error) => refuse(error.message));
  parser.on('doctype', () => refuse('document types are not accepted'));
  parser.on('processinginstruction', () => refuse('processing instructions are not accepted'));
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && encoding.toUpperCase() !== 'UTF-8') refuse(`the encoding is ${encoding}, not UTF-8`);
  });
  let attributeCount = 0;
  parser.on('opentagstart', () => {
    attributeCount = 0;
  });
  parser.on('attribute', () => {
    attributeCount += 1;
    if (attributeCount > ATTRIBUTES_MAX) refuse(`an element has more than ${ATTRIBUTES_MAX} attributes`);
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    count += 1;
    if (count > ELEMENTS_MAX) refuse(`there are more than ${ELEMENTS_MAX} elements`);
    if (open.length >= DEPTH_MAX) refuse(`elements are nested more than ${DEPTH_MAX} deep`);
    if (open.length === 0) namespace = uri;
    // Supplementary data of a bank is in namespaces of its own, and is not read.
    const isSupplementary = open.some(({ name }) => name === 'Envlp');
    if (uri !== namespace && !isSupplementary) refuse(`${local} is not of the namespace of the document`);
    const plain = Object.values(attributes).filter(
      (attribute) => attribute.prefix === '' && attribute.local !== 'xmlns',
    );
    const values = Object.fromEntries(plain.map((attribute) => [attribute.local, attribute.value]));
    open.push({ name: local, attributes: values, children: [], text: '' });
  });
  const add = (piece: string): void => {
    const element = open.at(-1);
    if (!element) return;
    if (element.text.length + piece.length > TEXT_LENGTH_MAX) refuse(`${element.name} is too long`);
    element.text += piece;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    const element = open.pop();
    if (!element) return;
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  });
  for (let at = 0; at < text.length; at += CHUNK) {
    parser.write(text.slice(at, at + CHUNK));
    await new Promise((resolve) => setImmediate(resolve));
  }
  parser.close();
  if (root === null) throw new BrokenFile('there is no element');
  return { namespace, root };
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BrokenFile('the file is not in UTF-8');
  }
}

/** Returns the elements at a path below an element, such as `GrpHdr/MsgId`. */
export function elementsAt(element: Element, path: string): readonly Element[] {
  let found: readonly Element[] = [element];
  for (const name of path.split('/'))
    found = found.flatMap(({ children }) => children.filter((child) => child.name === name));
  return found;
}

/** Returns the text of the element at a path; null when there is none. Throws BrokenFile when there are several. */
export function textAt(element: Element, path: string): string | null {
  const [first, second] = elementsAt(element, path);
  if (second) throw new BrokenFile(`${element.name} has more than one ${path}`);
  const text = first?.text.trim() ?? '';
  return text === '' ? null : text;
}

/** Returns the text of the first element at a path; null when there is none. */
export function firstTextAt(element: Element, path: string): string | null {
  const text = elementsAt(element, path)[0]?.text.trim() ?? '';
  return text === '' ? null : text;
}

/** Returns a boolean of XML Schema; `otherwise` when there is none. Throws BrokenFile for other texts. */
export function booleanAt(element: Element, path: string, otherwise: boolean | null): boolean {
  const text = textAt(element, path);
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  if (text === null && otherwise !== null) return otherwise;
  throw new BrokenFile(`${path} of ${element.name} is not a boolean`);
}

/** Returns the text of the element at a path. Throws BrokenFile when there is none, or when it is longer than `max`. */
export function requiredAt(element: Element, path: string, max = 140): string {
  const text = textAt(element, path);
  if (text === null) throw new BrokenFile(`${element.name} has no ${path}`);
  if (text.length > max) throw new BrokenFile(`${path} of ${element.name} is longer than ${max} characters`);
  return text;
}

/** Returns the cents of an amount in rand. Throws BrokenFile for other currencies, signs and more than two decimals. */
export function centsOf(element: Element): number {
  const currency = element.attributes['Ccy'];
  if (currency !== 'ZAR') throw new BrokenFile(`${element.name} is in ${currency ?? 'no currency'}, not in ZAR`);
  const match = /^0*(\d{1,12})(?:\.(\d{1,2})0{0,3})?$/.exec(element.text.trim());
  if (!match || (match[1]?.length ?? 0) > WHOLE_DIGITS_MAX)
    throw new BrokenFile(`${element.name} is not an amount: ${element.text.slice(0, 40)}`);
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Returns an instant of a date with a time; without an offset it is Johannesburg's. Throws BrokenFile. */
export function instantOf(text: string): Date {
  const match = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  const instant = match ? new Date(match[1] ? text : `${text}+02:00`) : new Date(Number.NaN);
  const year = instant.getUTCFullYear();
  if (Number.isNaN(year) || year < 1_900 || year > 2_199)
    throw new BrokenFile(`not a date with a time: ${text.slice(0, 40)}`);
  return instant;
}
