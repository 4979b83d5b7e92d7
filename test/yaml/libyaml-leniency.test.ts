import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '#base/json.ts'
import { compose } from '#yaml/compose.ts'
import { loadEngine } from '#yaml/engine.ts'
import { parseLeniently } from '#yaml/parse-leniently.ts'
import { runs } from '../helpers/random-cases.ts'

const engine = await loadEngine()

const parse = (text: string) => parseLeniently(engine, text, 100)

function valueIn(text: string): Json {
  const { text: laidOut, events } = parse(text)
  return compose(engine, laidOut, events).value
}

describe('what libyaml takes', () => {
  it.each<[string, string, Json]>([
    ['a quoted string that goes on at the margin', 'a:\n  b: "x\n\ny"\n', { a: { b: 'x\ny' } }],
    ['one behind properties', 'a: &x !!str "x\ny"\n', { a: 'x y' }],
    ['one in a list in its line', "- - a: 'x\n  y'\n", [[{ a: 'x y' }]]],
    ['one below its key', 'a:\n  b:\n\n    # why\n    "x\n  y"\n', { a: { b: 'x y' } }],
    ['one with an escaped line break', 'a: "x\\\ny"\n', { a: 'xy' }],
    [
      'brackets in brackets',
      'a:\n  b: {c: [\n1, # ]\n\n 2\n],\nd: "x\ny"}\n',
      { a: { b: { c: [1, 2], d: 'x y' } } },
    ],
    ['a plain scalar in brackets', 'a:\n  b: [x\ny "z"\nz]\n', { a: { b: ['x y "z" z'] } }],
    ['tabs around punctuation', 'a:\t{b:\tc,\t"d"\t:[\t1\t]}\n', { a: { b: 'c', d: [1] } }],
    ['lines that tabs indent', "a:\n  b: [\n\t1,\n\t'c\n\td']\n", { a: { b: [1, 'c d'] } }],
    ['a comment behind a closing quote', 'a: "x"#y\nb: [\'z\'#]\n]\n', { a: 'x', b: ['z'] }],
    ['Windows line ends', 'a:\r\n  b: [\r\n1\r\n]\r\n', { a: { b: [1] } }],
  ])('%s', (_, text, value) => {
    expect(valueIn(text)).toEqual(value)
  })

  it.each<[string, string, Json]>([
    ['a tab', 'a: [1,\t"x\ty"]\nb: x\t"y\n', { a: [1, 'x\ty'], b: 'x\t"y' }],
    [
      'the look of brackets in a block scalar',
      'a: |\n  [x,\t"\n   y\nb: [\n]\n',
      { a: '[x,\t"\n y\n', b: [] },
    ],
    ['it after an indentation of its own', 'a: >2-\n    "x\n   y\n # c\nb: [\n]\n', { a: '  "x\n y', b: [] }],
    ['quotes in plain text', 'a: it\'s\n  "so\nb: [say"so,\tx]\n', { a: 'it\'s "so', b: ['say"so', 'x'] }],
    ['a quote that is doubled or escaped', "a: ['x''\ty',\t\"x\\\"\ty\"]\n", { a: ["x'\ty", 'x"\ty'] }],
  ])('leaves %s within text alone', (_, text, value) => {
    expect(valueIn(text)).toEqual(value)
  })

  it.each([
    ['behind a dash', '-\t- a\n'],
    ['behind the colon of an explicit key', '? a\n:\t[1]\n'],
    ['before a key', 'a:\n\tb: [\n]\n'],
  ])('is no tab %s', (_, text) => {
    expect(() => parse(text)).toThrow(engine.YAMLException)
  })
})

describe('lines that are indented too little', () => {
  const odd = (count: number) => `a:\n  b: [\n${'x,\n'.repeat(count)}]\n`

  it('cost two parses, however many there are', () => {
    let parses = 0
    const counting = {
      ...engine,
      parseEvents: (...args: Parameters<typeof engine.parseEvents>) => {
        parses++
        return engine.parseEvents(...args)
      },
    }
    expect(parseLeniently(counting, odd(1000), 100).underIndented).toEqual([odd(0).indexOf(']')])
    expect(parses).toBe(2)
    parseLeniently(counting, 'a: [\n  1]\n', 100)
    expect(parses).toBe(3)
  })

  it('are named by their offsets in the original, once for each run', () => {
    const text = 'a:\n  b: ["x\ny",\n    z,\nw]\n  c: {d: e\n}\n'
    const { events, original, underIndented } = parse(text)
    expect(underIndented).toEqual([12, 23, 37])
    const scalars = events.flatMap((event) =>
      event.type === engine.EVENT_ID.SCALAR
        ? [text.slice(original(event.valueStart), original(event.valueEnd))]
        : [],
    )
    expect(scalars).toEqual(['a', 'b', 'x\ny', 'z', 'w', 'c', 'd', 'e'])
  })

  it('have an error behind them at its place in the original', () => {
    expect(() => parse('a:\n  b: [\n1,\n2]\nc: d: e\n')).toThrow(
      expect.objectContaining({ mark: expect.objectContaining({ position: 20 }) }),
    )
  })
})

it('reads flow style the same at any indentation of its lines', () => {
  const word = fc.constantFrom(
    'a',
    '"b c"',
    "'d, ]'",
    'x:y',
    "it's",
    '"# e"',
    '"\\"f"',
    '"g\n h"',
    "'i\n  j'",
  )
  const flow = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { weight: 3, arbitrary: word },
      fc.array(tie('node'), { maxLength: 3 }).map((items) => `[\n${items.join(' ,\n   ')}\n]`),
      fc
        .array(tie('node'), { maxLength: 3 })
        .map((items) => `{\n${items.map((item, at) => `k${at}: ${item}`).join('\n , # ]\n')}}`),
    ),
  })).node
  fc.assert(
    fc.property(
      fc.array(flow, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.nat({ max: 9 })),
      (nodes, indents) => {
        const written = (indent: () => number) =>
          nodes
            .map(
              (node, at) => `  k${at}:\n    - ${node.replace(/\n */g, () => `\n${' '.repeat(indent())}`)}\n`,
            )
            .join('')
        const regular = compose(
          engine,
          `a:\n${written(() => 9)}`,
          engine.parseEvents(`a:\n${written(() => 9)}`, {}),
        )
        expect(valueIn(`a:\n${written(() => indents.next().value ?? 0)}`)).toEqual(regular.value)
      },
    ),
    runs(500),
  )
})
