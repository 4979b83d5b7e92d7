import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { byText, compareText } from '#base/compare.ts'
import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { withoutCredentials } from '#base/host.ts'
import type { Arriving } from '#yaml/large-list.ts'
import { arrivingFile, arrivingStream, arrivingUrl, cannotRead } from './arriving.ts'
import type { InputContext } from './types.ts'

/** The files that kubectl reads in a folder. */
const extensions = ['.json', '.yaml', '.yml']

/** One thing to read: a file, the standard input or a URL. */
export interface Input {
  /** The name to show. */
  readonly name: string
  /** Whether it was found in a folder rather than named by the user. */
  readonly inFolder: boolean
  open(): Promise<Arriving>
}

interface ExpandOptions {
  readonly recursive: boolean
}

/**
 * What `-f` names: a file, the files of a folder by name, a pattern, `-`, a URL. Throws a `KdsError` for what does not
 * exist and for a folder without manifests.
 */
export async function expandInput(
  file: string,
  context: InputContext,
  options: ExpandOptions,
): Promise<Input[]> {
  if (file === '-')
    return [
      { name: 'stdin', inFolder: false, open: async () => arrivingStream('stdin', context.stdin, context) },
    ]
  if (isUrl(file))
    return [{ name: shownSource(file), inFolder: false, open: () => arrivingUrl(file, context) }]
  const info = statOrExplain(file, context)
  if (info === 'pattern') return matchPattern(file, context)
  if (!info.isDirectory()) return [fileInput(file, false, context)]
  const files = listFolder(file, context.cwd, options.recursive)
  if (files.length > 0) return files.map((path) => fileInput(path, true, context))
  throw new KdsError('no-manifests', `the folder ${escapeLine(file)} has no ${extensions.join(', ')} files`, {
    hint: options.recursive ? 'name the file itself' : 'give -R to look into the folders below it',
  })
}

const isUrl = (file: string) => /^https?:\/\//.test(file)

/** What `-f` names as it may be shown: a URL may log in as somebody. */
export const shownSource = (file: string) => (isUrl(file) ? withoutCredentials(file) : file)

function fileInput(path: string, inFolder: boolean, context: InputContext): Input {
  return { name: path, inFolder, open: () => arrivingFile(path, context) }
}

function statOrExplain(file: string, context: InputContext) {
  try {
    return statSync(resolve(context.cwd, file))
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cannotRead(file, cause)
    if (/[*?[]/.test(basename(file))) return 'pattern'
    throw new KdsError('no-such-file', `the path ${escapeLine(JSON.stringify(file))} does not exist`, {
      hint: isAbsolute(file) ? 'check the spelling' : `relative paths start at ${context.cwd}`,
      cause,
    })
  }
}

/** kubectl expands `'dir/*.yaml'` itself when the shell did not. */
function matchPattern(file: string, context: InputContext): Input[] {
  const folder = dirname(file)
  const names = namesIn(resolve(context.cwd, folder))
  const pattern = new RegExp(
    `^${basename(file)
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  const found = names.filter((name) => pattern.test(name)).sort(compareText)
  if (found.length === 0) {
    throw new KdsError('no-such-file', `no file matches ${escapeLine(JSON.stringify(file))}`)
  }
  const plain = (name: string) => (isAbsolute(file) || folder !== '.' ? join(folder, name) : name)
  return found.map((name) => fileInput(plain(name), false, context))
}

/** The names in a folder, none where it cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** In the order of Go's `filepath.Walk`: by name, each folder where its name stands. */
function listFolder(folder: string, cwd: string, recursive: boolean): string[] {
  const entries = entriesOf(folder, cwd)
  entries.sort(byText(({ name }) => name))
  const found: string[] = []
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (recursive) found.push(...listFolder(path, cwd, recursive))
    } else if (extensions.includes(extname(entry.name))) found.push(path)
  }
  return found
}

function entriesOf(folder: string, cwd: string) {
  try {
    return readdirSync(resolve(cwd, folder), { withFileTypes: true })
  } catch (cause) {
    throw cannotRead(folder, cause)
  }
}
