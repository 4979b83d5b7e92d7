import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Json } from '#base/json.ts'
import { expandInput } from '#manifest/inputs.ts'
import type { InputContext } from '#manifest/types.ts'
import { toYaml } from '#yaml/emit.ts'
import { parseArriving } from '#yaml/large-list.ts'
import { stream, workspace } from '../helpers/workspace.ts'

const items = Array.from({ length: 200 }, (_, n) => ({
  kind: 'Node',
  metadata: { name: `nöde-${n}`, note: 'x'.repeat(9000) },
}))
const list = { apiVersion: 'v1', items, kind: 'List' }
const forms: Readonly<Record<string, (of: Json) => string>> = {
  json: (of) => JSON.stringify(of, null, 2),
  yaml: (of) => toYaml(of),
}
const collectGarbage = () => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
const nameOf = (item: Json) => (item as (typeof items)[number]).metadata.name

async function opened(source: string, context: Partial<InputContext> = {}) {
  const [input] = await expandInput(
    source,
    { cwd: '/', stdin: stream(), env: {}, ...context },
    { recursive: false },
  )
  return (await input?.open()) ?? expect.unreachable()
}

describe.each(Object.keys(forms))('a large list of %s', (form) => {
  const bytes = Buffer.from(forms[form]?.(list) ?? '')
  const packed = gzipSync(bytes)

  it('comes by stdin: it is read while it arrives', async () => {
    const kept: Json[] = []
    const keptAt: number[] = []
    async function* slow() {
      for (let at = 0; at < bytes.length; at += 500_000) {
        keptAt.push(kept.length)
        yield bytes.subarray(at, at + 500_000)
      }
    }
    await parseArriving(await opened('-', { stdin: slow() }), (item) => kept.push(item))
    expect(kept).toHaveLength(200)
    // Each piece brings its items, but for the first MB, which may turn out to be all there is.
    expect(keptAt.slice(0, 2)).toEqual([0, 0])
    expect(keptAt[2]).toBeGreaterThan(90)
    expect(new Set(keptAt).size).toBe(keptAt.length - 1)
  })

  it('comes by stdin, which is let go as it is read, and its places are told', async () => {
    const pieces: WeakRef<Buffer>[] = []
    async function* coming() {
      for (let at = 0; at < bytes.length; at += 65_536) {
        const piece = Buffer.from(bytes.subarray(at, at + 65_536))
        pieces.push(new WeakRef(piece))
        yield piece
      }
    }
    const { signal } = new AbortController()
    const { documents } = await parseArriving(await opened('-', { stdin: coming(), signal }), nameOf)
    collectGarbage()
    // The first MB stays, and the last piece where an iterator may still look at it.
    expect(pieces.slice(16, -1).filter((one) => one.deref())).toHaveLength(0)
    expect(documents[0]?.value).toEqual({ ...list, items: items.map(nameOf) })
    expect(documents[0]?.locate(['items', 199, 'metadata', 'name']).text).toContain('nöde-199')
  })

  it('comes by stdin, and what is wrong at its end is told', async () => {
    const broken = Buffer.concat([bytes, Buffer.from('\n- {a: [\n')])
    const lines = broken.toString().split('\n').length
    async function* coming() {
      for (let at = 0; at < broken.length; at += 500_000) yield broken.subarray(at, at + 500_000)
    }
    const parsed = parseArriving(await opened('-', { stdin: coming() }), nameOf)
    await expect(parsed).rejects.toMatchObject({ location: { line: lines - 1 } })
  })

  it.each([1, 2, 65_536])('comes packed by stdin, in pieces of %d bytes', async (length) => {
    const pieces = Array.from({ length: Math.ceil(packed.length / length) }, (_, n) =>
      packed.subarray(n * length, (n + 1) * length),
    )
    const { documents } = await parseArriving(await opened('-', { stdin: stream(...pieces) }), nameOf)
    expect(documents[0]?.value).toEqual({ ...list, items: items.map(nameOf) })
    expect(documents[0]?.locate(['items', 199, 'metadata', 'name']).text).toContain('nöde-199')
  })

  it('is a file, plain or packed, and its places are looked for in the file', async () => {
    const cwd = workspace({ plain: bytes, packed })
    for (const source of ['plain', 'packed']) {
      const { documents } = await parseArriving(await opened(source, { cwd }), nameOf)
      expect(documents[0]?.value).toEqual({ ...list, items: items.map(nameOf) })
      const {
        column,
        line,
        text = '',
      } = documents[0]?.locate(['items', 7, 'metadata', 'name']) ?? expect.unreachable()
      expect(text.slice(column - 1)).toMatch(/^"?nöde-7"?/)
      expect(bytes.toString().split('\n')[line - 1]).toBe(text)
    }
  })

  it('is a file that somebody writes to: there are no places that are none', async () => {
    const cwd = workspace({ plain: bytes })
    const { documents } = await parseArriving(await opened('plain', { cwd }), nameOf)
    appendFileSync(join(cwd, 'plain'), '\n')
    expect(() => documents[0]?.locate(['items', 7])).toThrow('plain was written while it was read')
  })

  it.each([
    [
      'a part of the gzip is missing',
      packed.subarray(0, -20),
      'file is compressed by gzip, but broken or incomplete',
    ],
    [
      'its gzip is broken',
      Buffer.from(packed).fill(0, packed.length >> 1),
      'file is compressed by gzip, but broken or incomplete',
    ],
  ])('is refused where %s', async (_, content, message) => {
    const cwd = workspace({ file: content })
    await expect(parseArriving(await opened('file', { cwd }), nameOf)).rejects.toThrow(message)
    const piped = parseArriving(await opened('-', { stdin: stream(content) }), nameOf)
    await expect(piped).rejects.toThrow(message.replace('file', 'stdin'))
  })

  it.each(['plain', 'packed', '-'])('is refused where it is larger than may be read: %s', async (source) => {
    const context = { cwd: workspace({ plain: bytes, packed }), stdin: stream(packed), maxBytes: 1_500_000 }
    const parsed = opened(source, context).then((input) => parseArriving(input, nameOf))
    await expect(parsed).rejects.toMatchObject({ code: 'too-large' })
  })

  it('has a byte order mark, or is UTF-16', async () => {
    const text = `\ufeff${bytes}`
    const cwd = workspace({ 'utf-8': text, 'utf-16': Buffer.from(text, 'utf16le') })
    for (const source of ['utf-8', 'utf-16']) {
      const { documents } = await parseArriving(await opened(source, { cwd }), nameOf)
      const at = documents[0]?.locate(['apiVersion'])
      expect(at).toMatchObject(form === 'json' ? { line: 2, column: 17 } : { line: 1, column: 13 })
      expect((documents[0]?.value as typeof list | undefined)?.items).toHaveLength(200)
    }
  })

  it('has bytes that are no UTF-8 in a value', async () => {
    const broken = Buffer.from(bytes)
    broken[bytes.indexOf('x'.repeat(9000), bytes.length >> 1)] = 0xff
    const cwd = workspace({ broken })
    const parsed = parseArriving(await opened('broken', { cwd }), nameOf)
    await expect(parsed).rejects.toMatchObject({ code: 'invalid-utf8' })
  })
})
