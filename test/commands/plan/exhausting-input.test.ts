import { describe, expect, it } from 'vitest'
import { agent, expectRefusal, head, planOnText, planText } from './bad-input.ts'

/** Anchors of which each repeats the one before nine times: 9^15 values. */
function bomb(): string {
  const lines = [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: {name: x}',
    'a: &a [x, x, x, x, x, x, x, x, x]',
  ]
  for (const [i, name] of [...'bcdefghijklmnop'].entries()) {
    const before = 'abcdefghijklmnop'[i]
    lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
  }
  return `${lines.join('\n')}\n`
}

const levels = 10_000
const mebibyte = 1024 * 1024
/** Enough for what takes longer than its length, or more stack, never to end well. */
const large = 16 * mebibyte

describe('input that is made to exhaust', () => {
  it.each([
    ['as a manifest', planText],
    ['as nodes', planOnText],
  ])('an alias bomb %s', async (_, plan) => {
    expectRefusal(await plan(bomb()), /^error: [an]\.yaml:\d+:\d+: .*alias.*\n.*\n.*\^\nhint: .*\n$/)
  })

  it.each([
    ['lists in YAML', `${head}metadata: ${'['.repeat(levels)}${']'.repeat(levels)}\n`],
    ['mappings in YAML', `${head}metadata: ${'{a: '.repeat(levels)}1${'}'.repeat(levels)}\n`],
    ['lists never closed', `${head}metadata: ${'['.repeat(levels)}`],
    ['block lists', `${head}metadata:\n  ${'- '.repeat(levels)}x\n`],
    [
      'JSON',
      `{"apiVersion":"apps/v1","kind":"DaemonSet","spec":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`,
    ],
    [
      'a JSON list',
      `{"apiVersion":"apps/v1","kind":"DaemonSet","spec":${'['.repeat(levels)}${']'.repeat(levels)}}`,
    ],
  ])('10,000 levels: %s', async (_, text) => {
    expectRefusal(
      await planText(text),
      /^error: a\.yaml:\d+:\d+: nested more than 1000 levels deep\n(.*\n)*hint: .*\n$/,
    )
  })

  it('10,000 levels in block form', async () => {
    const lines = Array.from({ length: levels }, (_, i) => `${' '.repeat(i)}a:`)
    expectRefusal(await planText(lines.join('\n')), /nested more than 1000 levels deep/)
  })

  it('10,000 levels in two nodes of one name', async () => {
    const deep = (leaf: string) =>
      `{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"},"status":{"x":${'['.repeat(levels)}${leaf}${']'.repeat(levels)}}}`
    expectRefusal(
      await planOnText(`{"apiVersion":"v1","kind":"List","items":[${deep('1')},${deep('2')}]}`),
      /^error: n\.yaml:/,
    )
  })

  it('60 MB around a DaemonSet are read', async () => {
    const blob = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: ${'x'.repeat(60 * mebibyte)}\n`
    const { err, exit, out } = await planText(`${blob}---\n${agent()}`)
    expect({ err, exit }).toEqual({ err: '', exit: 0 })
    expect(out).toMatch(/^1 of 1 node would run default\/agent\n/)
  })

  it.each([
    ['one word', Buffer.alloc(large, 'x'), /^error: a\.yaml:1:1: /],
    ['zeros', Buffer.alloc(large), /^error: a\.yaml is not a text file\nhint: /],
    ['opening brackets', Buffer.alloc(large, '['), /^error: a\.yaml:1:\d+: /],
    ['no UTF-8', Buffer.alloc(large, 0xff), /^error: a\.yaml:1:1: this line is not valid UTF-8/],
  ])('16 MB of %s', async (_, bytes, text) => {
    const result = await planText(bytes)
    expectRefusal(result, text)
    expect(result.err.length).toBeLessThan(2000)
  })

  it('a line of 16 MB is shown in part', async () => {
    const result = await planText(`${agent()}x: "${'y'.repeat(large)}"\n`)
    expectRefusal(result, /a\.yaml:11:1: unknown field "x"/)
    expect(result.err.length).toBeLessThan(2000)
  })
})
