import { describe, expect, it } from 'vitest'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { SourceText } from '#yaml/source-text.ts'

async function document(text: string, index = 0) {
  const found = (await parseDocuments(new SourceText('x.yaml', text))).documents[index]
  if (!found) throw new Error('no document')
  return (path: (string | number)[], part?: 'key' | 'value') => {
    const { line, column } = found.locate(path, part)
    return `${line}:${column}`
  }
}

const yaml = `---
# head
metadata:
  name: "a"
  labels: {x: 1, 'y': b}
list:
- one
- k: v
  l: |
    text
empty:
`

const json = '{\n  "metadata": {"name": "a", "odd \\" key": [1, {"x": "}"}]},\n  "list": [[], "b"]\n}\n'

describe('locate', () => {
  it.each([
    [['metadata'], 'key', '3:1'],
    [['metadata', 'name'], 'key', '4:3'],
    [['metadata', 'name'], 'value', '4:9'],
    [['metadata', 'labels', 'y'], 'key', '5:18'],
    [['metadata', 'labels', 'y'], 'value', '5:23'],
    [['list', 0], 'value', '7:3'],
    [['list', 1, 'k'], 'value', '8:6'],
    [['list', 1], 'value', '8:3'],
    [['empty'], 'value', '11:1'],
    [['metadata', 'absent', 'below'], 'value', '3:1'],
    [['list', 7], 'value', '6:1'],
    [['nothing'], 'value', '3:1'],
    [[], 'value', '3:1'],
  ] as const)('YAML %j %s is at %s', async (path, part, place) => {
    const locate = await document(yaml)
    expect(locate([...path], part)).toBe(place)
  })

  it.each([
    [['metadata', 'name'], 'key', '2:16'],
    [['metadata', 'name'], 'value', '2:24'],
    [['metadata', 'odd " key', 1, 'x'], 'value', '2:53'],
    [['list', 1], 'value', '3:16'],
    [['list', 9], 'value', '3:3'],
    [[], 'value', '1:1'],
  ] as const)('JSON %j %s is at %s', async (path, part, place) => {
    const locate = await document(json)
    expect(locate([...path], part)).toBe(place)
  })

  it('counts lines through earlier documents, CRLF and under-indented lines', async () => {
    expect((await document('a: 1\r\n---\r\nb:\r\n  c: 2\r\n', 1))(['b', 'c'])).toBe('4:6')
    expect((await document('{"a":1}\n {"b":\n2}', 1))(['b'])).toBe('3:1')
    expect((await document('a:\n  b: "x\ny"\n  c: [\n1]\nd: e\n'))(['d'])).toBe('6:4')
    expect((await document('a:\n  b: "x\ny"\n  c: [\n1]\nd: e\n'))(['a', 'c', 0])).toBe('5:1')
  })

  it('follows aliases and merges to where the text stands', async () => {
    const locate = await document('a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\n  e: 2\nf: {<<: [*x]}\n')
    expect([locate(['c', 'b']), locate(['d', 'b']), locate(['d', 'e']), locate(['f', 'b'])]).toEqual([
      '2:6',
      '2:6',
      '6:6',
      '2:6',
    ])
  })

  it('points at the last of equal keys, which is the one that counts', async () => {
    expect((await document('a: 1\na: 2\n'))(['a'])).toBe('2:4')
  })

  it('finds the places of a large document by parsing it again', async () => {
    const items = Array.from({ length: 60_000 }, (_, i) => `- name: n${i}\n  x: 1\n`).join('')
    expect((await document(`items:\n${items}`))(['items', 59_999, 'x'])).toBe('120001:6')
  })
})
