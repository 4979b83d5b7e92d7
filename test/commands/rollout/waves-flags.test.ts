import { describe, expect, it } from 'vitest'
import { parseInvocation } from '#cli/parser.ts'
import { wavesFlags } from '#commands/rollout/waves/begin/flags.ts'
import { wavesSpec } from '#commands/rollout/waves/begin/spec.ts'
import { words } from '../../helpers/run.ts'

const flags = (line: string) => wavesFlags(parseInvocation(wavesSpec, words(line)))

describe('--canary', () => {
  it.each([
    ['--canary 2', { kind: 'count', value: 2 }],
    ['--canary 5%', { kind: 'count', value: '5%' }],
    ['--canary node-1,node-2', { kind: 'nodes', names: ['node-1', 'node-2'] }],
    ['--canary tier=test', { kind: 'selector', selector: 'tier=test' }],
    ["--canary 'tier in (a,b)'", { kind: 'selector', selector: 'tier in (a,b)' }],
    ["--canary '!gpu'", { kind: 'selector', selector: '!gpu' }],
    ["--canary '-l gpu'", { kind: 'selector', selector: 'gpu' }],
    ['--canary -l tier=test', { kind: 'selector', selector: 'tier=test' }],
    ['--canary -l gpu', { kind: 'selector', selector: 'gpu' }],
  ])('%s', (line, canary) => {
    expect(flags(`ds/a ${line}`)).toMatchObject({ args: ['ds/a'], flags: { canary } })
  })

  it('a selector may stand before the DaemonSet', () => {
    expect(flags('--canary -l tier=test ds/a').args).toEqual(['ds/a'])
  })

  it.each(['0', '0%', '101%', "''", "'a=('", '-l'])('%s is refused', (value) => {
    expect(() => flags(`--canary ${value}`)).toThrow()
  })
})

describe('--waves and --by', () => {
  it.each([
    ['', { waves: ['10%', '50%', '100%'], by: undefined }],
    ['--waves 1,5,100%', { waves: [1, 5, '100%'] }],
    ['--by zone', { waves: [], by: 'zone' }],
    ['--by zone --waves 50%,100%', { waves: ['50%', '100%'], by: 'zone' }],
  ])('%s', (line, expected) => {
    expect(flags(`ds/a ${line}`).flags).toMatchObject(expected)
  })

  it.each(['100%,100%', '50%', '5,3,100%', 'x,100%', '0,100%', ''])('--waves %s is refused', (value) => {
    expect(() => flags(`ds/a --waves=${value}`)).toThrow('for "--waves" flag')
  })

  it('--by is not empty', () => expect(() => flags('ds/a --by=')).toThrow('for "--by" flag'))
})

it('the rest is taken as it is given', () => {
  const given =
    "ds/a --bake 90s --progress-timeout 0s --on-failure pause --gate 'x y' --max-unavailable 10% --disable-eviction"
  expect(flags(given).flags).toMatchObject({
    bake: 90_000,
    patience: 0,
    onFailure: 'pause',
    gate: 'x y',
    maxUnavailable: '10%',
    evict: false,
  })
})
