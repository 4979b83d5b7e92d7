import { normalizeFlags } from '../pflag.ts'
import type { CommandSpec, FlagSpec, Invocation } from '../spec.ts'

/** Stands for the word being typed while the words before it are read; no word can hold it. */
const cursor = '\u0000'

/** The words before the one being typed, read as far as they go. */
export interface TypedWords extends Invocation {
  /** The flag whose value is being typed. */
  readonly pending: FlagSpec | undefined
  /** After `--` there are no more flags. */
  readonly flagsEnded: boolean
}

/** Reads the words after the command's path as the parser would, but takes whatever is half or wrong. */
export function readTyped(spec: Pick<CommandSpec, 'flags'>, words: readonly string[]): TypedWords {
  const normal = normalizeFlags([...words, cursor], spec.flags)
  const end = normal.indexOf('--')
  const options = end < 0 ? normal : normal.slice(0, end)
  const values = new Map<string, string[]>()
  const args: string[] = end < 0 ? [] : normal.slice(end + 1)
  let pending: FlagSpec | undefined
  for (const word of options) {
    const [, name, value = ''] = /^--([^=]+)=([\s\S]*)$/.exec(word) ?? []
    const flag = spec.flags.find((one) => one.name === name)
    if (flag && value === cursor) pending = flag
    else if (flag) values.set(flag.name, [...(values.get(flag.name) ?? []), ...split(flag, value)])
    else if (!word.startsWith('-')) args.push(word)
  }
  const text = (name: string) => values.get(name)?.at(-1)
  return {
    args: args.filter((word) => word !== cursor),
    given: (name) => values.has(name),
    text,
    list: (name) => values.get(name) ?? [],
    on: (name) => /^(1|t|true)$/i.test(text(name) ?? ''),
    pending,
    flagsEnded: end >= 0,
  }
}

const split = (flag: FlagSpec, value: string) => (flag.commaSeparated ? value.split(',') : [value])
