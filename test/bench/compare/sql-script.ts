/** A comment to the end of its line, a quoted text, a dollar-quoted text, the end of a statement, or any other character. */
const TOKEN = /--[^\n]*|'(?:[^']|'')*'|\$\$.*?\$\$|;|./gs;
/** A parameter in psql's notation: `:name` as it is, `:'name'` quoted. */
const PARAMETER = /(?<!:):('?)([a-z_]+)\1/g;

/** Returns the statements of a script, which can then run one by one: VACUUM allows no transaction around it. */
export function statementsOf(script: string): string[] {
  const statements = [''];
  for (const [token] of script.matchAll(TOKEN)) {
    if (token === ';') statements.push('');
    else if (!token.startsWith('--')) statements.push(`${statements.pop() ?? ''}${token}`);
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}

/** Returns the script with its parameters replaced; what has no value stays as it is. */
export function withParameters(script: string, values: Readonly<Record<string, string | number>>): string {
  return script.replaceAll(PARAMETER, (whole, quote: string, name: string) => {
    return Object.hasOwn(values, name) ? `${quote}${values[name]}${quote}` : whole;
  });
}
