import { closeSync, constants, createReadStream, openSync, writeSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { withoutCredentials } from '#base/host.ts'
import { decodeText, type SourceText } from '#yaml/source-text.ts'
import { fetchUrl } from './fetch-url.ts'
import type { InputContext } from './types.ts'

/** The largest input by default: what a JavaScript string can hold. */
const defaultMaxBytes = 512 * 1024 * 1024

/** The files that kubectl reads in a folder. */
const extensions = ['.json', '.yaml', '.yml']

/** One thing to read: a file, the standard input or a URL. */
export interface Input {
  /** The name to show. */
  readonly name: string
  /** Whether it was found in a folder rather than named by the user. */
  readonly inFolder: boolean
  read(): Promise<SourceText>
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
    return [{ name: 'stdin', inFolder: false, read: () => readStream('stdin', context.stdin, context) }]
  if (isUrl(file)) return [{ name: shownSource(file), inFolder: false, read: () => readUrl(file, context) }]
  const info = await statOrExplain(file, context)
  if (info === 'pattern') return matchPattern(file, context)
  if (!info.isDirectory()) return [fileInput(file, false, context)]
  const files = await listFolder(file, context.cwd, options.recursive)
  if (files.length > 0) return files.map((path) => fileInput(path, true, context))
  throw new KdsError('no-manifests', `the folder ${escapeLine(file)} has no ${extensions.join(', ')} files`, {
    hint: options.recursive ? 'name the file itself' : 'give -R to look into the folders below it',
  })
}

const isUrl = (file: string) => /^https?:\/\//.test(file)

/** What `-f` names as it may be shown: a URL may log in as somebody. */
export const shownSource = (file: string) => (isUrl(file) ? withoutCredentials(file) : file)

function fileInput(path: string, inFolder: boolean, context: InputContext): Input {
  return { name: path, inFolder, read: () => readPath(path, context) }
}

async function statOrExplain(file: string, context: InputContext) {
  try {
    return await stat(resolve(context.cwd, file))
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT') throw cannotRead(file, cause)
    if (/[*?[]/.test(basename(file))) return 'pattern'
    throw new KdsError('no-such-file', `the path ${escapeLine(JSON.stringify(file))} does not exist`, {
      hint: isAbsolute(file) ? 'check the spelling' : `relative paths start at ${context.cwd}`,
      cause,
    })
  }
}

/** kubectl expands `'dir/*.yaml'` itself when the shell did not. */
async function matchPattern(file: string, context: InputContext): Promise<Input[]> {
  const folder = dirname(file)
  const names = await readdir(resolve(context.cwd, folder)).catch(() => [])
  const pattern = new RegExp(
    `^${basename(file)
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  const found = names.filter((name) => pattern.test(name)).sort(byBytes)
  if (found.length === 0) {
    throw new KdsError('no-such-file', `no file matches ${escapeLine(JSON.stringify(file))}`)
  }
  const plain = (name: string) => (isAbsolute(file) || folder !== '.' ? join(folder, name) : name)
  return found.map((name) => fileInput(plain(name), false, context))
}

const byBytes = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** In the order of Go's `filepath.Walk`: by name, each folder where its name stands. */
async function listFolder(folder: string, cwd: string, recursive: boolean): Promise<string[]> {
  const entries = await readdir(resolve(cwd, folder), { withFileTypes: true }).catch((cause) => {
    throw cannotRead(folder, cause)
  })
  entries.sort((a, b) => byBytes(a.name, b.name))
  const found: string[] = []
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (recursive) found.push(...(await listFolder(path, cwd, recursive)))
    } else if (extensions.includes(extname(entry.name))) found.push(path)
  }
  return found
}

async function readPath(path: string, context: InputContext): Promise<SourceText> {
  const full = resolve(context.cwd, path)
  try {
    const info = await stat(full)
    if (info.isDirectory()) throw new KdsError('not-a-file', `${escapeLine(path)} is a folder`)
    checkSize(path, info.size, context)
    if (info.isFile()) return await decoded(path, await readWhole(full, info.size), context)
    if (info.isFIFO()) return await readPipe(path, full, context)
    return await readStream(path, createReadStream(full), context)
  } catch (cause) {
    throw cause instanceof KdsError ? cause : cannotRead(path, cause)
  }
}

/** Bytes that one thread reads of a file at a time. */
const slice = 32 * 1024 * 1024

/** A file beside other work, in a few large slices side by side; the usual way makes thousands, one after the other. */
async function readWhole(path: string, size: number): Promise<Buffer> {
  const file = await open(path)
  const bytes = Buffer.allocUnsafe(size)
  const fill = async (from: number) => {
    const end = Math.min(from + slice, size)
    let at = from
    while (at < end) {
      const { bytesRead } = await file.read(bytes, at, end - at, at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return at - from
  }
  try {
    const starts = Array.from({ length: Math.ceil(size / slice) }, (_, i) => i * slice)
    const filled = await Promise.all(starts.map(fill))
    return bytes.subarray(
      0,
      filled.reduce((sum, each) => sum + each, 0),
    )
  } finally {
    await file.close()
  }
}

/**
 * A pipe with a name. A thread waits for whoever writes into the pipe, and the process cannot end before the
 * thread does: at the end kds writes there itself. An open that never blocks is no way out, as Bun cannot wait for its bytes.
 */
async function readPipe(path: string, full: string, context: InputContext): Promise<SourceText> {
  const wake = () => {
    try {
      const pipe = openSync(full, constants.O_WRONLY | constants.O_NONBLOCK)
      writeSync(pipe, '\n')
      closeSync(pipe)
    } catch {
      // Nobody reads there any more.
    }
  }
  const done = context.atExit?.(wake)
  const text = await readStream(path, createReadStream(full), context)
  done?.()
  return text
}

/** What comes in pieces: the standard input, a pipe with a name, a device. An interrupt ends the wait for the next. */
async function readStream(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  context: InputContext,
): Promise<SourceText> {
  const parts: Uint8Array[] = []
  let size = 0
  const interrupted = new Promise<never>((_, reject) => {
    const { signal } = context
    const end = () => reject(new KdsError('interrupted', 'interrupted', { exitCode: 130 }))
    if (signal?.aborted) end()
    signal?.addEventListener('abort', end, { once: true })
  })
  interrupted.catch(() => {})
  const pieces = stream[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await Promise.race([pieces.next(), interrupted])
    if (done) return decoded(name, Buffer.concat(parts), context)
    size += value.length
    checkSize(name, size, context)
    parts.push(value)
  }
}

async function readUrl(url: string, context: InputContext): Promise<SourceText> {
  const { maxBytes = defaultMaxBytes, proxyTo, signal } = context
  const name = withoutCredentials(url)
  const bytes = await fetchUrl(url, { maxBytes, proxyTo, signal, tooLarge: () => tooLarge(name, maxBytes) })
  return decoded(name, bytes, context)
}

/** The text of an input, which may be compressed by gzip: dumps of large clusters are. */
async function decoded(name: string, bytes: Uint8Array, context: InputContext): Promise<SourceText> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return decodeText(name, bytes)
  const { gunzip } = await import('node:zlib')
  const limit = context.maxBytes ?? defaultMaxBytes
  const text = await promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip)(bytes, {
    maxOutputLength: limit,
  }).catch((cause) => {
    throw errorCode(cause) === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(name, limit) : brokenGzip(name, cause)
  })
  return decodeText(name, text)
}

const brokenGzip = (name: string, cause: unknown) =>
  new KdsError('broken-gzip', `${escapeLine(name)} is compressed by gzip, but broken or incomplete`, {
    hint: 'write it again',
    cause,
  })

function checkSize(name: string, size: number, context: InputContext) {
  const limit = context.maxBytes ?? defaultMaxBytes
  if (size > limit) throw tooLarge(name, limit)
}

function tooLarge(name: string, limit: number): KdsError {
  const mebibytes = Math.round(limit / 1024 / 1024)
  return new KdsError(
    'too-large',
    `${escapeLine(name)} is larger than ${mebibytes} MiB, the most that kds reads`,
    {
      hint: 'split it, or leave out what is no DaemonSet or Node',
    },
  )
}

const errorCode = (cause: unknown) => (cause instanceof Error && 'code' in cause ? cause.code : undefined)

function cannotRead(path: string, cause: unknown): KdsError {
  const code = errorCode(cause)
  const denied = code === 'EACCES' || code === 'EPERM'
  const reason = denied ? 'permission denied' : cause instanceof Error ? cause.message : String(cause)
  return new KdsError('unreadable', `cannot read ${escapeLine(path)}: ${escapeLine(reason)}`, {
    ...(denied ? { hint: "check the file's permissions: ls -l FILE" } : {}),
    cause,
  })
}
