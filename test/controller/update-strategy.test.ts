import { describe, expect, it } from 'vitest'
import type { PodRules } from '#controller/update-strategy.ts'
import {
  allowance,
  allowsSurge,
  isUpdated,
  podRules,
  scale,
  templateGeneration,
} from '#controller/update-strategy.ts'
import type { DaemonSet, IntOrString } from '#kube/types.ts'
import { now, podState, rulesOf } from './states.ts'

const generationOf = (written: string): DaemonSet => ({
  metadata: { annotations: { 'deprecated.daemonset.template.generation': written } },
})
const rolling = (rollingUpdate: object, type = 'RollingUpdate'): DaemonSet => ({
  spec: { updateStrategy: { type, rollingUpdate } },
})

describe('a limit of a rolling update', () => {
  it.each<[IntOrString, number, number]>([
    [0, 10, 0],
    [3, 2, 3],
    ['0%', 10, 0],
    ['10%', 10, 1],
    ['11%', 10, 2],
    ['100%', 7, 7],
    ['150%', 4, 6],
    ['33%', 0, 0],
    ['+50%', 4, 2],
  ])('%j of %d nodes is %d', (setting, total, value) => {
    expect(scale(setting, total, 'maxSurge')).toEqual({ value })
  })

  it.each(['10', '%', '1.5%', ' 10%', '10% ', 'ten%', ''])('%j is none', (setting) => {
    expect(scale(setting, 10, 'maxSurge')).toEqual({
      error: `invalid value for maxSurge: ${JSON.stringify(setting)} is neither number nor percentage`,
    })
  })
})

describe('what a rolling update allows', () => {
  it.each<[string, Partial<PodRules>, number, object]>([
    ['one unavailable', { maxUnavailable: 1, maxSurge: 0 }, 5, { maxUnavailable: 1, maxSurge: 0 }],
    [
      'a share of the nodes',
      { maxUnavailable: '30%', maxSurge: '50%' },
      5,
      { maxUnavailable: 2, maxSurge: 3 },
    ],
    [
      'one unavailable for two zeros',
      { maxUnavailable: '0%', maxSurge: 0 },
      5,
      { maxUnavailable: 1, maxSurge: 0 },
    ],
    [
      'one unavailable for nothing said',
      { maxUnavailable: undefined, maxSurge: undefined },
      1,
      { maxUnavailable: 1, maxSurge: 0 },
    ],
    ['nothing without nodes', { maxUnavailable: 0, maxSurge: 0 }, 0, { maxUnavailable: 0, maxSurge: 0 }],
    ['surge alone', { maxUnavailable: 0, maxSurge: 1 }, 5, { maxUnavailable: 0, maxSurge: 1 }],
  ])('%s', (_, given, desired, expected) => {
    expect(allowance(rulesOf(given), desired)).toEqual(expected)
  })

  it('is not known where one of the two cannot be read', () => {
    const words = (name: string) => ({
      error: `invalid value for ${name}: "x" is neither number nor percentage`,
    })
    expect(allowance(rulesOf({ maxUnavailable: 'x', maxSurge: 'x' }), 5)).toEqual(words('maxUnavailable'))
    expect(allowance(rulesOf({ maxSurge: 'x' }), 5)).toEqual(words('maxSurge'))
  })

  it.each<[string, Partial<PodRules>, boolean]>([
    ['a number', { maxSurge: 1 }, true],
    ['a percentage', { maxSurge: '1%' }, true],
    ['zero', { maxSurge: 0 }, false],
    ['zero per cent', { maxSurge: '0%' }, false],
    ['nothing', { maxSurge: undefined }, false],
    ['what cannot be read', { maxSurge: 'x' }, false],
    ['a number that OnDelete ignores', { maxSurge: 1, onDelete: true }, false],
  ])('two pods on a node: maxSurge is %s', (_, given, allowed) => {
    expect(allowsSurge(rulesOf(given))).toBe(allowed)
  })
})

describe('the generation of the template', () => {
  it.each<[string, DaemonSet, string | undefined]>([
    ['no metadata', {}, undefined],
    ['no annotations', { metadata: { annotations: null } }, undefined],
    ['no such annotation', { metadata: { annotations: {} } }, undefined],
    ['a number', generationOf('12'), '12'],
    ['a number as Go reads it', generationOf('+007'), '7'],
    ['a negative number', generationOf('-3'), '-3'],
    ['a number and more', generationOf('3a'), undefined],
    ['more and a number', generationOf('a3'), undefined],
    ['nothing', generationOf(''), undefined],
  ])('%s', (_, daemonSet, generation) => {
    expect(templateGeneration(daemonSet)).toBe(generation)
  })
})

describe('a pod of the current revision', () => {
  it.each<[string, { hash: string; generation: string }, Partial<PodRules>, boolean]>([
    ['by its hash', { hash: 'new', generation: '' }, {}, true],
    ['by its generation', { hash: 'old', generation: '3' }, { generation: '3' }, true],
    ['not by either', { hash: 'old', generation: '2' }, { generation: '3' }, false],
    ['not by an empty hash', { hash: '', generation: '' }, { hash: '' }, false],
    ['not by a generation that is not known', { hash: 'old', generation: '' }, {}, false],
  ])('%s', (_, facts, rules, updated) => {
    expect(isUpdated(podState('p', facts), rulesOf(rules))).toBe(updated)
  })
})

describe('the rules that a DaemonSet sets', () => {
  it('are read off its spec', () => {
    const daemonSet = {
      ...generationOf('4'),
      spec: { ...rolling({ maxUnavailable: '10%', maxSurge: 0 }).spec, minReadySeconds: 30 },
    }
    expect(podRules({ daemonSet, now, serverVersion: 'v1.36.2', burst: 7 }, 'h')).toEqual({
      onDelete: false,
      maxUnavailable: '10%',
      maxSurge: 0,
      minReady: 30_000,
      now,
      hash: 'h',
      generation: '4',
      countsOldUnavailable: true,
      burst: 7,
    })
  })

  it.each<[string, DaemonSet, boolean]>([
    ['nothing', {}, false],
    ['no strategy', { spec: { updateStrategy: null, minReadySeconds: null } }, false],
    ['no limits', { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }, true],
    ['null limits', rolling({ maxUnavailable: null, maxSurge: null }), false],
  ])('are bare where there is %s', (_, daemonSet, onDelete) => {
    expect(podRules({ daemonSet, now }, '')).toEqual({
      onDelete,
      maxUnavailable: undefined,
      maxSurge: undefined,
      minReady: 0,
      now,
      hash: '',
      generation: undefined,
      countsOldUnavailable: true,
      burst: 250,
    })
  })

  it.each<[string | undefined, boolean]>([
    [undefined, true],
    ['what', true],
    ['2.25.0', true],
    ['v1.20.15', true],
    ['v1.21.0', false],
    ['v1.27.99', false],
    ['v1.28.14', false],
    ['1.28.14', false],
    ['x1.28.14', true],
    ['v1.28.15', true],
    ['1.28.15+k3s1', true],
    ['v1.29.9', false],
    ['v1.29.10-eks-7f9249a', true],
    ['v1.30', false],
    ['v1.30.5', false],
    ['v1.30.6', true],
    ['v1.31.0', true],
    ['v1.36.2', true],
  ])('count old unavailable pods on a server %s: %s', (serverVersion, counts) => {
    expect(podRules({ daemonSet: {}, now, serverVersion }, '').countsOldUnavailable).toBe(counts)
  })
})
