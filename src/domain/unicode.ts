/**
 * Characters that no text may contain: control, format, private-use and surrogate characters, line and paragraph
 * separators, default ignorable characters (UAX #44, Default_Ignorable_Code_Point), noncharacters, and the Braille
 * blank. They are never part of a name and can be used to forge one. The Unicode tables are those of the JavaScript
 * engine.
 */
const UNFIT =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]/u;

/** Zero-width joiners and non-joiners between letters; Persian, Sinhala and other languages need them. */
const INNER_JOINERS = /(?<=[\p{L}\p{M}])[\u200C\u200D](?=\p{L})/gu;

/** Returns whether a text has no forbidden character; `joiners` allows zero-width joiners between letters. */
export function isFit(text: string, { joiners }: { readonly joiners: boolean }): boolean {
  return !UNFIT.test(joiners ? text.replaceAll(INNER_JOINERS, '') : text);
}

/** Scripts in current use (UAX #31, table 5); scripts that are written together form one entry. */
const SCRIPTS: readonly (readonly string[])[] = [
  ['Latin'],
  ['Cyrillic'],
  ['Greek'],
  ['Arabic'],
  ['Armenian'],
  ['Bengali'],
  ['Bopomofo', 'Han'],
  ['Devanagari'],
  ['Ethiopic'],
  ['Georgian'],
  ['Gujarati'],
  ['Gurmukhi'],
  ['Hangul', 'Han'],
  ['Han', 'Hiragana', 'Katakana'],
  ['Hebrew'],
  ['Kannada'],
  ['Khmer'],
  ['Lao'],
  ['Malayalam'],
  ['Myanmar'],
  ['Oriya'],
  ['Sinhala'],
  ['Tamil'],
  ['Telugu'],
  ['Thaana'],
  ['Thai'],
  ['Tibetan'],
];

const ASCII = /^\p{ASCII}*$/u;
const OF_ONE_SCRIPT = SCRIPTS.map((names) => {
  const letters = names.map((name) => `\\p{Script_Extensions=${name}}`).join('');
  return new RegExp(`^[${letters}\\p{Script=Common}\\p{Script=Inherited}]*$`, 'u');
});

/**
 * Returns whether all letters of a text are of one script, which excludes look-alikes such as Latin A and Cyrillic А.
 */
export function isOfOneScript(text: string): boolean {
  return ASCII.test(text) || OF_ONE_SCRIPT.some((script) => script.test(text));
}
