type Environment = Readonly<Record<string, string | undefined>>

/** What kds draws that is no ASCII, and the character of the same width that stands for it. */
const drawn: Readonly<Record<string, string>> = {
  '…': '~',
  '✔': '+',
  '✘': 'x',
  '◑': 'o',
  '█': '#',
  '░': '.',
  '·': '-',
  // The spinner.
  ...Object.fromEntries([...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'].map((frame, at) => [frame, '|/-\\'[at % 4] ?? '|'])),
}
const any = new RegExp(`[${Object.keys(drawn).join('')}]`, 'g')

/** An ellipsis for words that are left out; the others stand where a word was cut, and must not grow. */
const leftOut = /(^|[\s(/A-Z])\u2026/gm

/** Text with what kds draws in ASCII. What comes from elsewhere stays as it is, but for these few characters. */
export const inAscii = (text: string): string =>
  text.replace(leftOut, '$1...').replace(any, (found) => drawn[found] ?? found)

/** Says its `LANG` that a terminal shows no UTF-8? An unset one says nothing. */
function otherCharset({ LANG, LC_ALL, LC_CTYPE }: Environment): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG || ''
  return locale === 'C' || locale === 'POSIX' || (/\../.test(locale) && !/\.utf-?8/i.test(locale))
}

/** Windows' old console has neither the font nor the code page; its newer hosts make themselves known. */
const isOldConsole = ({ ConEmuANSI, OS, TERM, TERM_PROGRAM, WT_SESSION }: Environment): boolean =>
  OS === 'Windows_NT' && !WT_SESSION && !TERM_PROGRAM && !TERM && !ConEmuANSI

/**
 * Whether to draw in ASCII: what `--ascii` says, else where a terminal is dumb, is a Linux or an old Windows console, or its
 * locale names another encoding than UTF-8. A pipe gets the same bytes everywhere.
 */
export function wantsAscii(flag: boolean | undefined, terminal: boolean, env: Environment): boolean {
  if (flag !== undefined) return flag
  return terminal && (env.TERM === 'dumb' || env.TERM === 'linux' || otherCharset(env) || isOldConsole(env))
}

/** Formats that a program reads, and commands that write nothing else: their characters are data. */
const documents = /^(json|yaml|kyaml|sarif|name$|markdown|html|github|gitlab)/
const dataCommands: ReadonlySet<string> = new Set(['snapshot', 'completion'])

/** Is what a call writes to stdout data, as far as its words tell? `output` is the value of `-o` where it stands apart. */
export function printsData(
  argv: readonly string[],
  command: string | undefined,
  output: string | undefined,
): boolean {
  const format = output ?? argv.find((word) => /^-o[a-z]/.test(word))?.slice(2) ?? ''
  return documents.test(format) || dataCommands.has(command ?? '')
}
