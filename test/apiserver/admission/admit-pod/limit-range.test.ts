import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#base/json.ts'
import { container, limitRange } from '../objects.ts'
import { specOf, whyNot } from './scene.ts'

describe('limit range', () => {
  const ask = (limit: JsonObject, ...containers: JsonObject[]) =>
    whyNot({ containers }, { limitRanges: [limitRange(limit)] })

  it.each([
    [
      'too little',
      { min: { cpu: '100m' } },
      { cpu: '50m' },
      {},
      'minimum cpu usage per Container is 100m, but request is 50m',
    ],
    [
      'too much',
      { max: { cpu: '1' } },
      { cpu: '2' },
      { cpu: '2' },
      '[maximum cpu usage per Container is 1, but limit is 2]',
    ],
    [
      'a limit too low',
      { min: { cpu: '1' } },
      {},
      { cpu: '500m' },
      'minimum cpu usage per Container is 1, but request is 500m',
    ],
    [
      'a limit too far above the request',
      { maxLimitRequestRatio: { cpu: '2' } },
      { cpu: '100m' },
      { cpu: '300m' },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000',
    ],
    [
      'a ratio without a limit',
      { maxLimitRequestRatio: { cpu: '2' } },
      { cpu: '100m' },
      {},
      'cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0',
    ],
    [
      'a ratio without a request',
      { maxLimitRequestRatio: { memory: '2' } },
      {},
      {},
      'memory max limit to request ratio per Container is 2, but no request is specified or request is 0',
    ],
  ] as [string, JsonObject, JsonObject, JsonObject, string][])('%s', (_, limit, requests, limits, said) =>
    expect(ask({ type: 'Container', ...limit }, container('a', requests, limits))).toBe(
      said.replace(/^\[|\]$/g, ''),
    ),
  )

  it('all that is broken is told at once', () =>
    expect(
      ask(
        { type: 'Container', max: { cpu: '1', memory: '1Gi' } },
        container('a', {}, { cpu: '2', memory: '2Gi' }),
      ),
    ).toBe(
      '[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    ))
  it('containers of a pod count together', () => {
    const pod = { type: 'Pod', max: { cpu: '1' } }
    const half = container('a', { cpu: '600m' }, { cpu: '600m' })
    expect(ask(pod, half)).toBeUndefined()
    expect(ask(pod, half, { ...half, name: 'b' })).toBe('maximum cpu usage per Pod is 1, but limit is 1200m')
    expect(ask(pod, container('a', { cpu: '100m' }))).toBe(
      'maximum cpu usage per Pod is 1.  No limit is specified',
    )
    expect(ask({ type: 'Pod', min: { cpu: '1' } }, container('a'))).toBe(
      'minimum cpu usage per Pod is 1.  No request is specified',
    )
  })
  it('the maximum is the limit of a container that has none, and its request', () =>
    expect(
      specOf(
        {},
        { limitRanges: [limitRange({ type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' } })] },
      ),
    ).toMatchObject({
      containers: [{ resources: { limits: { cpu: '2' }, requests: { cpu: '2', memory: '1Mi' } } }],
    }))
  it('init containers get theirs, too', () =>
    expect(
      specOf(
        { initContainers: [{ name: 'i', image: 'i' }] },
        { limitRanges: [limitRange({ type: 'Container', default: { cpu: '2' } })] },
      ),
    ).toMatchObject({ initContainers: [{ resources: { limits: { cpu: '2' }, requests: { cpu: '2' } } }] }))
  it('claims are not pods', () =>
    expect(ask({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }, container('a'))).toBeUndefined())
})
