import { describe, expect, it } from 'vitest'
import { daemonSet, read } from '../helpers/workspace.ts'

const head = 'apiVersion: apps/v1\nkind: DaemonSet\n'
const nested = (depth: number) =>
  `{"apiVersion":"v1","kind":"X","a":${'['.repeat(depth)}${']'.repeat(depth)}}`

/** Situation, text, and what is said: code, line, column, a word of the message, a word of the hint. */
const cases: [string, string, [string, number, number, RegExp, RegExp]][] = [
  ['two colons', 'a: b: c\n', ['yaml-syntax', 1, 5, /twice/, /fix/]],
  ['a missing colon', 'a: 1\nb\nc: 2\n', ['yaml-syntax', 2, 1, /`:` is missing/, /fix/]],
  ['a line out of place', 'a:\n    b: 1\n  c: 2\n', ['yaml-syntax', 3, 3, /indentation/, /fix/]],
  ['a list item beside its key', 'a: - b\n', ['yaml-syntax', 1, 4, /list item/, /fix/]],
  ['a value that starts with @', 'a: @b\n', ['yaml-syntax', 1, 4, /`@`/, /fix/]],
  ['a bracket never closed', 'a: [1,\nb: 2\n', ['yaml-syntax', 3, 1, /not closed/, /fix/]],
  ['a quote never closed', 'a: "1\nb: 2\n', ['yaml-syntax', 3, 1, /not closed/, /fix/]],
  ['text behind a closing quote', 'a: "b" c\n', ['yaml-syntax', 1, 8, /closing quote/, /fix/]],
  ['a tab as indentation', 'a:\n\tb: 1\n', ['tab-indentation', 2, 1, /tab/, /expand/]],
  ['a tab after spaces', 'a:\n  b: 1\n  \tc: 1\n', ['tab-indentation', 3, 3, /tab/, /expand/]],
  [
    'lost parent lines',
    `${head}  name: x\n    app: y\n`,
    ['indentation-stripped', 3, 3, /`kind: DaemonSet`/, /web page/],
  ],
  [
    'a missing parent in an otherwise whole file',
    `${head}metadata:\n  name: x\n    app: y\nspec: {}\n`,
    ['yaml-syntax', 5, 5, /`name: x`/, /missing line/],
  ],
  [
    'all indentation lost, though valid YAML',
    `${head}metadata:\nname: x\nspec:\nselector:\ntemplate:\n`,
    ['indentation-stripped', 4, 1, /`metadata:` has nothing/, /web page/],
  ],
  [
    'a Helm template that is no YAML',
    `{{- if .Values.x }}\n${head}{{ end }}\n`,
    ['helm-template', 1, 1, /Helm/, /helm template/],
  ],
  [
    'a Helm template with a bare value',
    `${head}metadata:\n  name: {{ .Chart.Name }}\n`,
    ['helm-template', 4, 9, /Helm/, /helm template/],
  ],
  [
    'a Helm template below comments',
    `# {{ no }}\n${head}metadata:\n  labels:\n    {{- include "x" . | nindent 4 }}\n`,
    ['helm-template', 6, 5, /Helm/, /helm template/],
  ],
  ['a bare string', 'hello\n', ['not-an-object', 1, 1, /"hello"/, /apiVersion/]],
  ['a bare list', '- apiVersion: v1\n', ['not-an-object', 1, 1, /list/, /kind: List/]],
  [
    'a label of another object that is no string',
    'apiVersion: v1\nkind: Service\nmetadata:\n  labels:\n    a: 1\n',
    ['wrong-type', 5, 8, /metadata\.labels\.a must be a string/, /quotes/],
  ],
  [
    'metadata that is a string',
    'apiVersion: v1\nkind: Service\nmetadata: x\n',
    ['wrong-type', 3, 11, /metadata must be a mapping/, /indent/],
  ],
  ['no kind', 'apiVersion: v1\n', ['missing-kind', 1, 1, /kind/, /DaemonSet/]],
  ['a kind that is a number', 'apiVersion: v1\nkind: 3\n', ['missing-kind', 2, 7, /string/, /DaemonSet/]],
  ['no apiVersion', 'kind: X\n', ['missing-apiVersion', 1, 1, /apiVersion/, /apps\/v1/]],
  [
    'an empty apiVersion',
    'kind: X\napiVersion: ""\n',
    ['missing-apiVersion', 1, 1, /apiVersion/, /apps\/v1/],
  ],
  [
    'truncated JSON',
    '{"apiVersion": "v1",\n "kind": "Da',
    ['truncated-json', 2, 13, /cut off/, /incomplete/],
  ],
  ['JSON nested deeply', nested(10_000), ['too-deep', 1, 1, /1000/, /check/]],
  ['YAML nested deeply', `a: ${'['.repeat(10_000)}`, ['too-deep', 1, 1003, /1000/, /check/]],
  [
    'a control character',
    `${head}metadata:\n  name: a\u0007b\n`,
    ['control-character', 4, 10, /U\+0007/, /escape/],
  ],
]

describe('bad input gets one clear message with its place', () => {
  it.each(cases)('%s', async (_, text, [code, line, column, message, hint]) => {
    const error = await read(text).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'KdsError', code, message: expect.stringMatching(message) })
    expect(error).toMatchObject({
      location: { file: 'x.yaml', line, column },
      hint: expect.stringMatching(hint),
    })
    const shown = text.split('\n')[line - 1] ?? ''
    const from = shown.length > 2000 ? Math.max(0, column - 201) : 0
    expect(error).toHaveProperty('location.text', shown.length > 2000 ? shown.slice(from, from + 400) : shown)
  })

  it('Go templates in a text far from the slip are not blamed', async () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    {{ range .Items }}\n    x\n    y\n  b: c: d\n'
    await expect(read(text)).rejects.toMatchObject({ code: 'yaml-syntax', location: { line: 8 } })
  })

  it('of a line too long to be shown there is what stands around the place', async () => {
    const error = await read(`{"a": "${'x'.repeat(5000)}",,}`).catch((thrown: unknown) => thrown)
    const text = `${'x'.repeat(198)}",,}`
    const location = { file: 'x.yaml', line: 1, column: 5010, textFrom: 4810, text }
    expect(error).toMatchObject({ code: 'json-syntax', location })
  })

  it('a quoted Helm value is YAML, and read', async () => {
    const { daemonSets } = await read(daemonSet('"{{ .Values.name }}"'))
    expect(daemonSets[0]?.value.metadata?.name).toBe('{{ .Values.name }}')
  })

  it('Go templates in the data of a good file are no Helm template', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    {{ range .Items }}\n'
    expect((await read(text)).objects).toHaveLength(1)
  })

  it('a file too large for its positions to be kept is read, and has places all the same', async () => {
    const blob = 'x'.repeat(2_000_000)
    const text = `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: ${blob}\n---\n${daemonSet('a')}`
    const { daemonSets } = await read(text)
    expect(daemonSets[0]?.locate(['kind']).line).toBe(7)
  })
})
