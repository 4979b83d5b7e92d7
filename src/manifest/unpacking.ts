import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { Arriving } from '#yaml/large-list.ts'
import { decodeText, type SourceText } from '#yaml/source-text.ts'
import type { InputContext } from './types.ts'

/** An input as it is stored or sent. */
export interface Packed {
  /** In pieces; each may be written over when the next is asked for. */
  pieces(): AsyncIterable<Uint8Array>
  whole(): Promise<Uint8Array>
  /** After the last of the pieces has come. */
  again(): Uint8Array
}

/** The largest input by default: what a JavaScript string can hold. */
const defaultMaxBytes = 512 * 1024 * 1024

/** How large an input may be, as a text too. */
export const mostBytes = ({ maxBytes = defaultMaxBytes }: InputContext): number => maxBytes

export function tooLarge(name: string, context: InputContext): KdsError {
  const mebibytes = Math.round(mostBytes(context) / 1024 / 1024)
  return new KdsError(
    'too-large',
    `${escapeLine(name)} is larger than ${mebibytes} MiB, the most that kds reads`,
    {
      hint: 'split it, or leave out what is not a DaemonSet or Node',
    },
  )
}

const isPacked = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b

type Zlib = typeof import('node:zlib')

/** The text of an input, which may be compressed by gzip: dumps of large clusters are. */
export function unpacking(name: string, packed: Packed, context: InputContext): Arriving {
  let zlib: Zlib | undefined
  const unpack = (bytes: Uint8Array): SourceText => {
    if (!zlib) return decodeText(name, bytes)
    let text: Uint8Array
    try {
      text = zlib.gunzipSync(bytes, { maxOutputLength: mostBytes(context) })
    } catch (cause) {
      throw explained(name, cause, context)
    }
    return decodeText(name, text)
  }
  async function* pieces() {
    const coming = packed.pieces()[Symbol.asyncIterator]()
    try {
      const first = await firstOf(coming)
      if (isPacked(first)) zlib = await import('node:zlib')
      if (zlib) yield* gunzipped(zlib, resumed(first, coming), name, context)
      else yield* resumed(first, coming)
    } finally {
      await coming.return?.()
    }
  }
  async function whole() {
    const bytes = await packed.whole()
    if (isPacked(bytes)) zlib ??= await import('node:zlib')
    return unpack(bytes)
  }
  return { name, pieces, whole, again: () => unpack(packed.again()).text }
}

/** A piece long enough to tell what it is, unless there is no more. */
async function firstOf(coming: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let first = Buffer.alloc(0)
  while (first.length < 2) {
    const { done, value } = await coming.next()
    if (done) break
    if (first.length === 0 && value.length > 1) return value
    first = Buffer.concat([first, value])
  }
  return first
}

async function* resumed(first: Uint8Array, coming: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await coming.next(); !next.done; next = await coming.next()) yield next.value
}

async function* gunzipped(
  { createGunzip }: Zlib,
  packed: AsyncIterable<Uint8Array>,
  name: string,
  context: InputContext,
): AsyncGenerator<Uint8Array> {
  const { pipeline, Readable } = await import('node:stream')
  async function* copies() {
    for await (const piece of packed) yield Buffer.from(piece)
  }
  const gunzip = createGunzip()
  pipeline(Readable.from(copies()), gunzip, () => {})
  let size = 0
  try {
    for await (const piece of gunzip) {
      size += piece.length
      if (size > mostBytes(context)) throw tooLarge(name, context)
      yield piece
    }
  } catch (cause) {
    throw explained(name, cause, context)
  }
}

function explained(name: string, cause: unknown, context: InputContext): KdsError {
  if (cause instanceof KdsError) return cause
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(name, context)
  return new KdsError('broken-gzip', `${escapeLine(name)} is compressed by gzip, but broken or incomplete`, {
    hint: 'write it again',
    cause,
  })
}
