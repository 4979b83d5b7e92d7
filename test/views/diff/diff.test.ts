import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plain } from '#base/style.ts'
import { changesBetween } from '#views/diff/changes.ts'
import { changesText, unifiedDiff } from '#views/diff/diff.ts'
import { diffLines } from '#views/diff/lines.ts'
import { runs } from '../../helpers/random-cases.ts'

const side = (label: string, text: string) => ({ label, text })
const unified = (before: string, after: string, context?: number) =>
  unifiedDiff(side('a', before), side('b', after), context === undefined ? {} : { context })
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `${from + at}\n`).join('')

describe('diffLines', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })

  it('keeps both texts, and removes and adds as little as can be', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before, after)
        expect(diff.filter((line) => line.kind !== 'added').map((line) => line.text)).toEqual(before)
        expect(diff.filter((line) => line.kind !== 'removed').map((line) => line.text)).toEqual(after)
        expect(diff.filter((line) => line.kind === 'same').length).toBe(commonLength(before, after))
      }),
      runs(100),
    )
  })
})

/** Length of the longest common subsequence, by the table. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = Array<number>(b.length + 1).fill(0)
  for (const left of a) {
    const next = [0]
    for (const [at, right] of b.entries())
      next.push(left === right ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0))
    row = next
  }
  return row.at(-1) ?? 0
}

describe('unifiedDiff', () => {
  it('is what diff -u prints', () => {
    expect(unified(numbered(1, 12), `${numbered(1, 3)}new\n${numbered(5, 12)}`)).toBe(
      '--- a\n+++ b\n@@ -1,7 +1,7 @@\n 1\n 2\n 3\n-4\n+new\n 5\n 6\n 7\n',
    )
  })

  it('joins changes that are near and parts those that are not', () => {
    const changed = numbered(1, 30).replace('2\n', 'x\n').replace('\n6\n', '\ny\n').replace('\n28\n', '\nz\n')
    expect(unified(numbered(1, 30), changed).match(/^@@.*@@$/gm)).toEqual([
      '@@ -1,9 +1,9 @@',
      '@@ -25,6 +25,6 @@',
    ])
  })

  it('counts from nothing and to nothing', () => {
    expect(unified('', 'a\n')).toBe('--- a\n+++ b\n@@ -0,0 +1 @@\n+a\n')
    expect(unified('a\n', '')).toBe('--- a\n+++ b\n@@ -1 +0,0 @@\n-a\n')
    expect(unified('a\n', 'a\n')).toBe('')
  })

  it('marks what it shows', () => {
    const style = { ...plain, good: (text: string) => `<${text}>` }
    const text = unifiedDiff(side('a', 'x\n'), side('b', 'y\n'), { style })
    expect(text).toContain('<+y>')
  })
})

describe('changesBetween', () => {
  const container = (name: string, image: string, more: object = {}) => ({ name, image, ...more })
  const daemonSet = (...containers: object[]) =>
    ({ spec: { template: { metadata: { labels: { 'a.b/c': '1' } }, spec: { containers } } } }) as never

  it('is nothing for the same, null or absent', () => {
    expect(
      changesBetween(daemonSet(container('c', 'i', { ports: null })), daemonSet(container('c', 'i'))),
    ).toEqual([])
  })

  it('compares containers and variables by their names', () => {
    const env = (...names: string[]) => ({ env: names.map((name) => ({ name, value: name })) })
    const changes = changesBetween(
      daemonSet(container('a', '1'), container('c', '1', env('X', 'Y'))),
      daemonSet(container('c', '2', env('Y', 'Z')), container('b', '1')),
    )
    expect(changesText(changes)).toBe(
      [
        '- spec.template.spec.containers[name=a]: {"name":"a","image":"1"}',
        '~ spec.template.spec.containers[name=c].image: 1 -> 2',
        '- spec.template.spec.containers[name=c].env[name=X]: {"name":"X","value":"X"}',
        '+ spec.template.spec.containers[name=c].env[name=Z]: {"name":"Z","value":"Z"}',
        '+ spec.template.spec.containers[name=b]: {"name":"b","image":"1"}',
        '',
      ].join('\n'),
    )
  })

  it('tells that only the order is another', () => {
    const [change] = changesBetween(
      daemonSet(container('a', '1'), container('b', '1')),
      daemonSet(container('b', '1'), container('a', '1')),
    )
    expect(change?.path).toBe('spec.template.spec.containers')
  })

  it('compares other lists, and lists with one name twice, as wholes', () => {
    const paths = (before: object, after: object) =>
      changesBetween(daemonSet(container('c', '1', before)), daemonSet(container('c', '1', after))).map(
        (change) => change.path,
      )
    expect(paths({ args: ['a', 'b'] }, { args: ['a'] })).toEqual([
      'spec.template.spec.containers[name=c].args',
    ])
    const twice = [{ name: 'X' }, { name: 'X', value: '1' }]
    expect(paths({ env: twice }, { env: twice.slice(1) })).toEqual([
      'spec.template.spec.containers[name=c].env',
    ])
  })

  it('quotes keys that are no plain names, and shows odd values as JSON', () => {
    const changes = changesBetween(
      { metadata: { labels: { 'a.b/c': '' } } },
      { metadata: { labels: { 'a.b/c': ' x\n' } } },
    )
    expect(changesText(changes)).toBe('~ metadata.labels["a.b/c"]: "" -> " x\\n"\n')
  })
})
