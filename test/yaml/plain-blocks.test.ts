import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '#base/json.ts'
import { compose } from '#yaml/compose.ts'
import { toYaml } from '#yaml/emit.ts'
import * as engine from '#yaml/js-yaml-events.ts'
import { readPlainBlocks } from '#yaml/plain-blocks.ts'
import { longest, runs } from '../helpers/random-cases.ts'

const read = (text: string) => readPlainBlocks(engine, text)

/** What the whole parser makes of a text: its value, or why a quick answer would be wrong. */
function whole(text: string): { value: Json } | { refused: string } {
  try {
    const { remarks, value } = compose(engine, text, engine.parseEvents(text, { maxDepth: 1000 }))
    return remarks.length === 0 ? { value } : { refused: remarks.map(({ code }) => code).join() }
  } catch (error) {
    return { refused: String(error) }
  }
}

/** The quick reader answers nothing but what the whole parser answers. */
function expectSame(text: string) {
  for (const value of [read(text), readPlainBlocks(undefined, text)])
    if (value !== undefined) expect({ text, value }).toEqual({ text, ...whole(text) })
}

const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join('examples', name), 'utf8'))
const documents = examples.flatMap((text) => text.split(/^---\n/m)).filter((text) => /^\w/m.test(text))

describe('what is written in blocks', () => {
  it.each<[string, string, Json]>([
    [
      'maps and lists',
      'a:\n  b: 1\n  c:\n  - x\n  - w: true\n    z: ~\nd: {}\n',
      { a: { b: 1, c: ['x', { w: true, z: null }] }, d: {} },
    ],
    ['lists that are indented', 'a:\n  - x\n  -   w: 1\n', { a: ['x', { w: 1 }] }],
    ['lists in lists', '- - a\n  - b\n-\n  - c\n- \n', [['a', 'b'], ['c'], null]],
    ['keys without values', 'a:\nb:\n  c:\nd:\n-\n', { a: null, b: { c: null }, d: [null] }],
    ['comments and empty lines', '# a\na: 1\n\n    # b\nb: x # c\n', { a: 1, b: 'x' }],
    ['quotes', `a: "b: c"\nb: 'it''s'\nc: "\\u00fc"\n`, { a: 'b: c', b: "it's", c: 'ü' }],
    [
      'scalars of several lines',
      'a: b\n  c\n\n  d\ne: "f\n  g"\nh: |2-\n   i\n\n  j\nk: >\n  l\n  m\n\n',
      { a: 'b c\nd', e: 'f g', h: ' i\n\nj', k: 'l m\n' },
    ],
    ['an empty line that belongs to a scalar', 'a:\n- |+\n  b\n\n- c\n', { a: ['b\n\n', 'c'] }],
    ['flow style', 'a: [b, {c: d}]\ne: {f: [\n  g]}\n', { a: ['b', { c: 'd' }], e: { f: ['g'] } }],
    [
      'what is no string',
      'a: 010\nb: on\nc: 1.5\nd: .inf.\ne: 1_0\n',
      { a: 8, b: true, c: 1.5, d: '.inf.', e: 10 },
    ],
    ['tags', 'a: !!str 1\n', { a: '1' }],
  ])('%s', (_, text, value) => {
    expect(whole(text.replace(/- \n$/, '-\n'))).toEqual({ value })
    expect(read(text.replace(/- \n$/, '-\n'))).toEqual(value)
  })

  it('all examples', () => {
    expect(documents.length).toBeGreaterThan(10)
    for (const text of documents) expect(read(text)).toEqual((whole(text) as { value: Json }).value)
  })
})

describe('without the parser', () => {
  it('simple scalars and empty maps are read', () => {
    const text = 'a: b\nc:\n- d: {}\n  e: "f"\n- {}\n'
    expect(readPlainBlocks(undefined, text)).toEqual({ a: 'b', c: [{ d: {}, e: 'f' }, {}] })
  })

  it.each(['a: [b]\n', 'a: |\n  b\n', 'a: {b: c}\n', 'a: {} # b\n'])('nothing else is: %j', (text) => {
    expect(read(text)).toBeDefined()
    expect(readPlainBlocks(undefined, text)).toBeUndefined()
  })
})

describe('what only the whole parser reads', () => {
  it.each([
    ['an alias', 'a: &x 1\nb: *x\n'],
    ['a merge', 'a: &x {b: 1}\nc:\n  <<: *x\n'],
    ['a key that is set twice', 'a: 1\na: 2\n'],
    ['a key that is no string', 'on: 1\n'],
    ['a number that is not held exactly', 'a: 12345678901234567890\n'],
    ['a tab', 'a:\tb\n'],
    ['a second document', 'a: 1\n---\nb: 1\n'],
    ['a line that is indented for nothing', 'a: 1\n  b: 1\n'],
    ['a list that nobody waits for', 'a: 1\n- b\n'],
    ['a quote that does not end', 'a: "b\nc: d\n'],
    ['a scalar alone', 'a\n'],
    ['no line break at the end', 'a: |+\n  b'],
    ['a key that is no own one', '__proto__: 1\n'],
  ])('%s', (_, text) => {
    expect(read(text)).toBeUndefined()
  })
})

const scrap = fc.constantFrom(
  ...[
    ' ',
    '  ',
    '\n',
    '\n\n',
    '- ',
    '-',
    ':',
    ': ',
    '"',
    "'",
    '#',
    ' #',
    '|',
    '|-',
    '>',
    '>+',
    '[',
    ']',
    '{',
    '}',
    ',',
  ],
  ...[
    '&a ',
    '*a',
    '!',
    '!!str ',
    '%',
    '@',
    '?',
    '? ',
    '---\n',
    '...',
    '~',
    '0',
    '1e3',
    'null',
    '<<: ',
    'a: b',
    '\t',
    '\u2028',
  ],
)
const place = fc.nat({ max: 100_000 })

describe('answers what the whole parser answers', () => {
  it('of texts that were spoilt', { timeout: longest }, () => {
    const spoilt = fc.record({
      text: fc.constantFrom(...documents),
      from: place,
      edits: fc.array(fc.record({ at: place, gone: fc.nat({ max: 3 }), put: scrap }), {
        minLength: 1,
        maxLength: 4,
      }),
    })
    fc.assert(
      fc.property(spoilt, ({ text, from, edits }) => {
        const lines = text.split('\n')
        let part = `${lines
          .slice(from % lines.length)
          .slice(0, 30)
          .join('\n')}\n`
        for (const { at, gone, put } of edits) {
          const i = at % part.length
          part = part.slice(0, i) + put + part.slice(i + gone)
        }
        expectSame(part)
        expectSame(`${part}\n`)
      }),
      runs(3000),
    )
  })

  it('of lines in any order', { timeout: longest }, () => {
    const piece = fc.constantFrom(
      ...[
        'a:',
        'b: 1',
        '- c',
        '-',
        '- - d',
        '- e:',
        '- f: 2',
        'g: "h',
        '  i"',
        'j: |',
        'k: l # m',
        '# n',
        'o',
        '',
      ],
    )
    const text = fc.array(fc.tuple(fc.nat({ max: 4 }), piece), { maxLength: 8 })
    fc.assert(
      fc.property(text, (lines) =>
        expectSame(lines.map(([indent, of]) => `${' '.repeat(indent)}${of}\n`).join('')),
      ),
      runs(5000),
    )
  })

  it('of what kds writes itself', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      scrap,
      fc.tuple(scrap, scrap).map((of) => of.join('x')),
    )
    const value = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.double(),
        fc.constantFrom(null, true, 7),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(word, tie('value'), { maxKeys: 3 }),
      ),
    })).value
    fc.assert(
      fc.property(value, (of) => expectSame(toYaml(of))),
      runs(500),
    )
  })
})
