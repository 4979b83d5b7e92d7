import { describe, expect, it, vi } from 'vitest'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { decodeText, SourceText } from '#yaml/source-text.ts'

/** How many texts the parser of YAML was handed. */
const handed = vi.hoisted(() => ({ texts: 0 }))
vi.mock('js-yaml', async (original) => {
  const real = await original<typeof import('js-yaml')>()
  const parseEvents: typeof real.parseEvents = (...given) => {
    handed.texts += 1
    return real.parseEvents(...given)
  }
  return { ...real, parseEvents }
})

const parse = (text: string) => parseDocuments(new SourceText('x.yaml', text))
const values = async (text: string) => (await parse(text)).documents.map(({ value }) => value)
const codes = async (text: string) =>
  (await parse(text)).diagnostics.map(({ code, location }) => [code, location?.line])

describe('where documents begin and end', () => {
  it.each([
    ['separators', '---\na: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['a separator with a comment', 'a: 1\n--- # two\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['a separator with trailing space', 'a: 1\n---  \t\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['CRLF', 'a: 1\r\n---\r\nb:\r\n- 2\r\n', [{ a: 1 }, { b: [2] }]],
    ['nothing but comments', '# a\n\n  # b\n', [null]],
    ['nothing', '', []],
    ['separators alone', '---\n---\n', [null]],
    ['an end marker', 'a: 1\n...\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['an end marker with a comment', 'a: 1\n... # c\n', [{ a: 1 }]],
    ['no newline at the end', 'a: 1\n---\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['JSON', '{"a":1}', [{ a: 1 }]],
    ['JSON after JSON', '{"a":1}{"b":2}\n{"c":3}\n', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['JSON, then YAML', '{"a":1}\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['a YAML flow mapping', '{a: 1, "b": 2,}\n', [{ a: 1, b: 2 }]],
  ])('%s', async (_, text, expected) => {
    expect(await values(text)).toEqual(expected)
  })

  it('half a million separators hold nothing, at their places, and no parser is asked', async () => {
    handed.texts = 0
    const { documents, diagnostics } = await parse(`${'---\n---  \r\n'.repeat(250_000)}{a: 1}\n`)
    expect(handed.texts).toBe(1)
    const last = documents.at(-1)
    expect(documents.slice(0, -1).every(({ value }) => value === null)).toBe(true)
    expect(last?.value).toEqual({ a: 1 })
    expect(documents[2]?.locate(['x'])).toMatchObject({ line: 5, column: 1 })
    expect(diagnostics).toEqual([])
  })

  it('ignores what follows an end marker, and says so', async () => {
    const text = 'a: 1\n...\n# comment\nb: [\n'
    expect(await values(text)).toEqual([{ a: 1 }])
    expect(await codes(text)).toEqual([['ignored-text', 4]])
  })

  it.each([
    ['text behind a separator', 'a: 1\n--- b\n', 'bad-separator', 2, 5],
    ['a separator without space', 'a: 1\n---b: 2\n', 'bad-separator', 2, 4],
    ['an end marker on top', '...\na: 1\n', 'bad-document-end', 1, 1],
    ['a directive', '%YAML 1.2\n---\na: 1\n', 'yaml-syntax', 2, 1],
    ['JSON cut off', '{\n  "a": [1,\n', 'truncated-json', 2, 11],
    ['three JSON objects and a slip', '{"a":1}\n{"a":1}\n{"a" 1}\n', 'json-syntax', 3, 6],
    ['a slip in JSON', '{\n "a": 1\n "b": 2\n}', 'json-syntax', 3, 2],
  ])('refuses %s', async (_, text, code, line, column) => {
    await expect(parse(text)).rejects.toMatchObject({ code, location: { line, column } })
  })
})

describe('encodings', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

  it.each([
    ['UTF-8 with a byte order mark', bytes([0xef, 0xbb, 0xbf], 'a: é\n')],
    ['UTF-16 LE', Buffer.concat([bytes([0xff, 0xfe]), Buffer.from('a: é\n', 'utf16le')])],
    ['UTF-16 BE', Buffer.concat([bytes([0xfe, 0xff]), Buffer.from('a: é\n', 'utf16le').swap16()])],
  ])('%s', async (_, input) => {
    const { documents } = await parseDocuments(decodeText('x.yaml', input))
    expect(documents[0]?.value).toEqual({ a: 'é' })
    expect(documents[0]?.locate(['a'])).toMatchObject({ line: 1, column: 4 })
  })

  it('reads bytes that are no UTF-8 in a comment, with a warning', async () => {
    const { diagnostics } = await parseDocuments(
      decodeText('x.yaml', bytes('é: 1\n# caf', [0xe9], '\nb: 1\n')),
    )
    expect(diagnostics).toMatchObject([{ code: 'invalid-utf8', location: { line: 2, column: 6 } }])
  })

  it.each([
    ['in a YAML value', bytes('a: 1\nb: x', [0xff], '\n'), 2, 5],
    ['in JSON', bytes('{"a": "x', [0xff], '"}'), 1, 9],
  ])('refuses bytes that are no UTF-8 %s', async (_, input, line, column) => {
    await expect(parseDocuments(decodeText('x.yaml', input))).rejects.toMatchObject({
      code: 'invalid-utf8',
      location: { line, column },
    })
  })

  it('refuses binary files', () => {
    expect(() => decodeText('x.zip', bytes([0x50, 0x4b, 3, 4, 0]))).toThrow(
      expect.objectContaining({ code: 'binary-input', hint: 'give a YAML or JSON file' }),
    )
  })
})

describe('keys, anchors and merges', () => {
  it.each([
    ['the last of equal keys counts', 'a: 1\nb: 2\na: 3\n', { a: 3, b: 2 }],
    ['an alias', 'a: &x {b: [1]}\nc: *x\n', { a: { b: [1] }, c: { b: [1] } }],
    ['an alias as a key', 'a: &k foo\n*k : bar\n', { a: 'foo', foo: 'bar' }],
    [
      'a merge writes over what stands above',
      'a: &x {p: 1, q: 2}\nd:\n  p: 9\n  <<: *x\n  q: 8\n',
      {
        a: { p: 1, q: 2 },
        d: { p: 1, q: 8 },
      },
    ],
    [
      'in a list of merges the first wins',
      'x: &x {a: 1}\nw: &w {a: 2, b: 3}\nz: {<<: [*x, *w]}\n',
      {
        x: { a: 1 },
        w: { a: 2, b: 3 },
        z: { a: 1, b: 3 },
      },
    ],
    ['a quoted << is a key', '"<<": {a: 1}\n', { '<<': { a: 1 } }],
    ['a # right behind a quote is a comment', 'a: "x"#y\n', { a: 'x' }],
    ['tabs in brackets', 'a: {b:\tc,\t"d" : [\t1\t]}\n', { a: { b: 'c', d: [1] } }],
    [
      'brackets that close too far left',
      'a:\n  b: [\n    1,\n]\nc: {d: 1\n}\n',
      { a: { b: [1] }, c: { d: 1 } },
    ],
    ['quoted text that goes on too far left', 'a:\n  b: "x\ny"\n', { a: { b: 'x y' } }],
  ])('%s', async (_, text, expected) => {
    expect(await values(text)).toEqual([expected])
  })

  it('names duplicate keys in YAML and JSON', async () => {
    expect(await codes('a: 1\nb:\n  c: 1\n  c: 2\n')).toEqual([['duplicate-key', 4]])
    expect(await codes('{"a": {"b": 1},\n "c": {"b": 1, "a": 2},\n "a": 3}')).toEqual([['duplicate-key', 3]])
    expect(await codes('a: &x {p: 1}\nb: {<<: *x, p: 2}\n')).toEqual([])
  })

  it('warns of text that is indented too little, once for each run of lines', async () => {
    expect(await codes('a:\n  b: "x\ny\nz"\n')).toEqual([['under-indented', 3]])
  })

  it('keeps __proto__ as plain data', async () => {
    for (const text of [
      '__proto__: {polluted: 1}\na: &x {__proto__: 1}\nb: {<<: *x}\n',
      '{"__proto__":{"polluted":1}}',
    ]) {
      const [value] = await values(text)
      expect(Object.hasOwn(value as object, '__proto__')).toBe(true)
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    }
  })

  it('gives each alias a copy of its own', async () => {
    const [value] = (await values('a: &x {b: 1}\nc: *x\n')) as [{ a: object; c: object }]
    expect(value.a).not.toBe(value.c)
  })

  it.each([
    ['an alias without anchor', 'a: *x\n', 'unknown-anchor'],
    ['an anchor within itself', 'a: &x [*x]\n', 'recursive-alias'],
    ['a merge of a scalar', 'a: {<<: 1}\n', 'bad-merge'],
    ['control characters', 'a: x\u0001\n', 'control-character'],
    ['10,000 levels of brackets', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`, 'too-deep'],
    [
      '10,000 levels of blocks',
      Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      'too-deep',
    ],
  ])('refuses %s', async (_, text, code) => {
    await expect(parse(text)).rejects.toMatchObject({ code, location: { file: 'x.yaml' } })
  })

  it('refuses an alias bomb in little time, as go-yaml does, and reads many plain aliases', async () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(',')}]\n`
    const bomb = `a: &a [${Array(9).fill('lol').join(',')}]\n${[...'bcdefghijklmnopqrstuvwxyz']
      .map((name, i) => level(name, String.fromCharCode(97 + i)))
      .join('')}`
    await expect(parse(bomb)).rejects.toMatchObject({ code: 'alias-bomb' })
    const many = `a: &a [1, 2]\n${Array.from({ length: 2000 }, (_, i) => `b${i}: {x: 1, y: 2, z: *a}\n`).join('')}`
    expect(await values(many)).toHaveLength(1)
  })
})
