import { describe, expect, it } from 'vitest'
import { UsageError } from '#base/errors.ts'
import { parseInvocation } from '#cli/parser.ts'
import { simulateSpec } from '#commands/rollout/simulate/spec.ts'
import { startSpec } from '#commands/sandbox/start/spec.ts'
import { durationFlag, failFlags } from '#commands/shared/behaviour-flags.ts'

describe('durationFlag', () => {
  const duration = (...words: readonly string[]) =>
    durationFlag(parseInvocation(startSpec, words), 'stop-after', '7ms')

  it.each([
    [[], 7],
    [['--stop-after=0'], 0],
    [['--stop-after=1m30s'], 90_000],
    [['--stop-after', '500ms'], 500],
  ])('%j: %i ms', (words, ms) => {
    expect(duration(...words)).toBe(ms)
  })

  it('is nothing where neither the user nor the command says something', () => {
    expect(durationFlag(parseInvocation(startSpec, []), 'stop-after')).toBeUndefined()
  })

  it.each(['3', '-1s', 'soon', ''])('refuses %j', (text) => {
    expect(() => duration(`--stop-after=${text}`)).toThrow(
      new UsageError(
        `invalid argument "${text}" for "--stop-after" flag: give a duration such as 500ms or 2m30s`,
      ),
    )
  })
})

describe('failFlags', () => {
  const failing = (...words: readonly string[]) =>
    failFlags(parseInvocation(simulateSpec, words), 'NODE', (text) => text)

  it('reads who fails, and how', () => {
    expect(failing('--fail=a=image,b=crash', '--fail', 'x=y=never-ready')).toEqual([
      ['a', 'image'],
      ['b', 'crash'],
      ['x=y', 'never-ready'],
    ])
    expect(failing()).toEqual([])
  })

  it.each(['a', '=image', 'a=', 'a=soon'])('refuses %j', (text) => {
    expect(() => failing(`--fail=${text}`)).toThrow(
      `invalid argument "${text}" for "--fail" flag: write NODE=image, NODE=crash or NODE=never-ready`,
    )
  })

  it('refuses what cannot be read', () => {
    expect(() =>
      failFlags(parseInvocation(startSpec, ['--fail=[=crash']), 'IMAGE', (text) => new RegExp(text)),
    ).toThrow('for "--fail" flag: write IMAGE=image, IMAGE=crash, IMAGE=never-ready or IMAGE=unhealthy')
  })
})
