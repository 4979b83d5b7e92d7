import {
  closeSync,
  constants,
  createReadStream,
  openSync,
  read,
  readFileSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { resolve } from 'node:path'
import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { withoutCredentials } from '#base/host.ts'
import type { Arriving } from '#yaml/large-list.ts'
import { fetchUrl } from './fetch-url.ts'
import { Kept } from './kept.ts'
import type { InputContext } from './types.ts'
import { mostBytes, tooLarge, unpacking } from './unpacking.ts'

/** A file, a pipe with a name or a device. @throws KdsError for a folder, and for what is larger than may be read */
export async function arrivingFile(path: string, context: InputContext): Promise<Arriving> {
  const full = resolve(context.cwd, path)
  const info = infoOf(path, full)
  if (info.isDirectory()) throw new KdsError('not-a-file', `${escapeLine(path)} is a folder`)
  if (info.isFIFO()) return arrivingPipe(path, full, context)
  if (!info.isFile()) return arrivingStream(path, createReadStream(full), context)
  if (info.size > mostBytes(context)) throw tooLarge(path, context)
  let size = 0
  const whole = () => {
    try {
      return readFileSync(full)
    } catch (cause) {
      throw cannotRead(path, cause)
    }
  }
  const again = () => {
    const bytes = whole()
    if (bytes.length === size) return bytes
    throw new KdsError('changed', `${escapeLine(path)} was written while it was read`, { hint: 'try again' })
  }
  async function* pieces() {
    try {
      for await (const piece of slices(full, info.size)) {
        size += piece.length
        yield piece
      }
    } catch (cause) {
      throw cannotRead(path, cause)
    }
  }
  return unpacking(path, { pieces, whole: async () => whole(), again }, context)
}

function infoOf(path: string, full: string): Stats {
  try {
    return statSync(full)
  } catch (cause) {
    throw cannotRead(path, cause)
  }
}

/** Bytes of a file that are read at a time, while those before them are looked at. */
const slice = 1 << 20

/** The slices of a file in two places by turns: room that is new each time would wait for the garbage collector. */
async function* slices(full: string, size: number): AsyncGenerator<Uint8Array> {
  const file = openSync(full, 'r')
  let coming: Promise<Uint8Array> | undefined
  try {
    const places = [0, 1].map(() => Buffer.allocUnsafe(Math.min(size, slice) + 1))
    const next = (turn: number, at: number) => readInto(places[turn % 2] ?? Buffer.alloc(0), file, at)
    coming = next(0, 0)
    for (let [turn, at] = [1, 0]; ; turn++) {
      const piece = await coming
      if (piece.length === 0) return
      at += piece.length
      coming = next(turn, at)
      yield piece
    }
  } finally {
    await coming?.catch(() => {})
    closeSync(file)
  }
}

const readInto = (place: Buffer, file: number, at: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    read(file, place, 0, place.length, at, (error, count) =>
      error ? reject(error) : resolve(place.subarray(0, count)),
    )
  })

/**
 * A pipe with a name. A thread waits for whoever writes into the pipe, and the process cannot end before the
 * thread does: at the end kds writes there itself. An open that never blocks is no way out, as Bun cannot wait for its bytes.
 */
function arrivingPipe(path: string, full: string, context: InputContext): Arriving {
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
  return arrivingStream(path, createReadStream(full), context, done)
}

/** What comes once, and is kept: the standard input, a pipe with a name, a device. An interrupt ends the wait for it. */
export function arrivingStream(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  context: InputContext,
  ended: () => void = () => {},
): Arriving {
  const kept = new Kept()
  let coming: AsyncIterator<Uint8Array> | undefined
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    coming ??= stream[Symbol.asyncIterator]()
    const result = await orInterruption(coming.next(), context).catch((cause) => {
      throw cause instanceof KdsError ? cause : cannotRead(name, cause)
    })
    if (result.done) {
      await kept.end()
      ended()
    } else {
      await kept.add(result.value)
      if (kept.size > mostBytes(context)) throw tooLarge(name, context)
    }
    return result
  }
  const again = () => kept.all()
  const whole = async () => {
    while (!(await next()).done);
    return again()
  }
  // Whoever stops asking for pieces may ask for the whole, which goes on where they ended.
  const pieces = () => ({ [Symbol.asyncIterator]: () => ({ next }) })
  return unpacking(name, { pieces, whole, again }, context)
}

/** What is waited for, unless an interrupt comes first. What waits for both is forgotten with the first: it would keep what has come. */
function orInterruption<T>(coming: Promise<T>, { signal }: InputContext): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(new KdsError('interrupted', 'interrupted', { exitCode: 130 }))
    if (signal?.aborted) end()
    signal?.addEventListener('abort', end, { once: true })
    coming.then(resolve, reject).finally(() => signal?.removeEventListener('abort', end))
  })
}

/** What a URL answers, which is there before it is looked at. */
export async function arrivingUrl(url: string, context: InputContext): Promise<Arriving> {
  const { proxyTo, signal } = context
  const name = withoutCredentials(url)
  const maxBytes = mostBytes(context)
  const bytes = await fetchUrl(url, { maxBytes, proxyTo, signal, tooLarge: () => tooLarge(name, context) })
  async function* pieces() {
    yield bytes
  }
  return unpacking(name, { pieces, whole: async () => bytes, again: () => bytes }, context)
}

/** What is told of a path that cannot be read. */
export function cannotRead(path: string, cause: unknown): KdsError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const denied = code === 'EACCES' || code === 'EPERM'
  const reason = denied ? 'permission denied' : cause instanceof Error ? cause.message : String(cause)
  return new KdsError('unreadable', `cannot read ${escapeLine(path)}: ${escapeLine(reason)}`, {
    ...(denied ? { hint: "check the file's permissions: ls -l FILE" } : {}),
    cause,
  })
}
