/**
 * Characters that no text may have: control, format, private and broken ones, separators of lines and paragraphs, whatever Unicode says
 * is ignored where it is shown, noncharacters, and the blank of Braille. They are never part of a name, and a way to fake one. The tables
 * are those of Unicode that the engine has (UAX #44, Default_Ignorable_Code_Point).
 */
const UNFIT =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]/u;

/** Joiners between two letters, or a letter and its mark: Persian, Sinhala and others are written with them. */
const INNER_JOINERS = /(?<=[\p{L}\p{M}])[\u200C\u200D](?=\p{L})/gu;

/** Whether a text has no character that is unfit for one; `joiners` between letters may stand in names. */
export function isFit(text: string, { joiners }: { readonly joiners: boolean }): boolean {
  return !UNFIT.test(joiners ? text.replaceAll(INNER_JOINERS, '') : text);
}

/** The scripts in use (UAX #31, table 5); those that are written together are one. */
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

/** Whether a text is of one script: Latin A and Cyrillic А look the same, and are two references. */
export function isOfOneScript(text: string): boolean {
  return ASCII.test(text) || OF_ONE_SCRIPT.some((script) => script.test(text));
}
