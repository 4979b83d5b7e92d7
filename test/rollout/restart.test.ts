import { describe, expect, it, vi } from 'vitest'
import { daemonSets } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { restart, restarted } from '#rollout/restart.ts'
import { refusedWith } from '../helpers/memory-cluster.ts'
import { daemonSet, template, world } from '../helpers/rollout-world.ts'

const options = { now: Date.UTC(2026, 10, 20, 20, 37, 13), offsetMinutes: 60 }
const annotation = 'kubectl.kubernetes.io/restartedAt'
const time = '2026-11-20T21:37:13+01:00'
const at = (image: string) => daemonSet(image) as DaemonSet
const timeOf = (one: DaemonSet) => one.spec?.template?.metadata?.annotations?.[annotation]

const lostAnswer = () => refusedWith(0, 'Connection', 'EOF', true)

describe('restart', () => {
  it('writes the local time into the template, and nothing else', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    const sent = vi.spyOn(cluster, 'patch')
    expect(timeOf(await restart(cluster, at('one'), options))).toBe(time)
    const body = { spec: { template: { metadata: { annotations: { [annotation]: time } } } } }
    expect(sent.mock.calls[0]?.[2]).toEqual({ type: 'strategic', body })
    const { metadata, spec } = cluster.read(daemonSets, 'a').spec?.template ?? {}
    expect(metadata).toEqual({ labels: { app: 'a' }, annotations: { [annotation]: time } })
    expect(spec).toEqual(template('one').spec)
  })

  it('shows what would be written', () => {
    const metadata = { labels: { app: 'a' }, annotations: { mine: 'x', [annotation]: 'long ago' } }
    const given = { ...at('one'), spec: { template: { ...template('one'), metadata }, minReadySeconds: 3 } }
    expect(restarted(given as DaemonSet, options)).toEqual({
      ...given,
      spec: {
        template: {
          ...template('one'),
          metadata: { ...metadata, annotations: { mine: 'x', [annotation]: time } },
        },
        minReadySeconds: 3,
      },
    })
  })

  it.each([{}, { spec: null }, { spec: { template: null } }, { spec: { template: { metadata: null } } }])(
    'shows what would be written into %j',
    (given) => expect(timeOf(restarted(given, options))).toBe(time),
  )

  it('is written in the name of kubectl, or in another', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    const { signal } = new AbortController()
    await restart(cluster, at('one'), { ...options, signal })
    await restart(cluster, at('one'), { ...options, fieldManager: 'me', dryRun: true })
    expect(cluster.options).toEqual([
      { fieldManager: 'kubectl-rollout', signal },
      { fieldManager: 'me', dryRun: true },
    ])
  })

  it('may have been carried out when it is interrupted', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    const interrupt = new AbortController()
    cluster.before = (call) => {
      if (call !== 'patch') return
      interrupt.abort(new Error('Ctrl-C'))
      throw interrupt.signal.reason
    }
    await expect(restart(cluster, at('one'), { ...options, signal: interrupt.signal })).rejects.toMatchObject(
      {
        code: 'unknown-outcome',
        exitCode: 130,
        message: 'interrupted: whether daemonset.apps/a was restarted is unknown',
      },
    )
    expect(cluster.calls).toEqual(['patch daemonsets a'])
  })

  it('refuses a second time in the same second', async () => {
    const cluster = world({})
    await expect(restart(cluster, restarted(at('one'), options), options)).rejects.toMatchObject({
      code: 'too-soon',
      message:
        'failed to create patch for a: if restart has already been triggered within the past second, please wait before attempting to trigger another',
    })
    expect(cluster.calls).toEqual([])
  })

  it('that was carried out is not doubled when its answer got lost', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    cluster.after = (call) => {
      if (call === 'patch') throw lostAnswer()
    }
    const { signal } = new AbortController()
    expect(timeOf(await restart(cluster, at('one'), { ...options, signal }))).toBe(time)
    expect(cluster.calls).toEqual(['patch daemonsets a', 'get daemonsets a'])
    expect(cluster.options[1]).toEqual({ signal })
    expect(cluster.read(daemonSets, 'a').metadata?.generation).toBe(3)
  })

  it('that was not carried out fails when its answer got lost', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    cluster.before = (call) => {
      if (call === 'patch') throw lostAnswer()
    }
    await expect(restart(cluster, at('one'), options)).rejects.toMatchObject({
      code: 'Connection',
      message: 'EOF',
    })
    expect(cluster.calls).toEqual(['patch daemonsets a', 'get daemonsets a'])
    expect(cluster.read(daemonSets, 'a').metadata?.generation).toBe(2)
  })

  it('that was carried out is not doubled when the server answered 504', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    cluster.after = (call) => {
      if (call === 'patch') throw refusedWith(504, 'Timeout', 'still processing')
    }
    expect(timeOf(await restart(cluster, at('one'), options))).toBe(time)
    expect(cluster.read(daemonSets, 'a').metadata?.generation).toBe(3)
  })

  it('is of unknown outcome when its answer got lost and it cannot be looked up', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    cluster.before = () => {
      throw lostAnswer()
    }
    await expect(restart(cluster, at('one'), options)).rejects.toMatchObject({
      code: 'unknown-outcome',
      message: 'no answer came: whether daemonset.apps/a was restarted is unknown (EOF)',
    })
  })

  it('of a dry run is not looked up when its answer got lost', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    cluster.before = () => {
      throw lostAnswer()
    }
    await expect(restart(cluster, at('one'), { ...options, dryRun: true })).rejects.toThrow('EOF')
    expect(cluster.calls).toEqual(['patch daemonsets a'])
  })

  it('that the server refuses is told as kubectl tells it', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    const refused = refusedWith(403, 'Forbidden', 'no')
    cluster.before = () => {
      throw refused
    }
    await expect(restart(cluster, at('one'), options)).rejects.toMatchObject({
      code: 'Forbidden',
      message: 'failed to patch: no',
      cause: refused,
    })
    expect(cluster.calls).toEqual(['patch daemonsets a'])
  })

  it('that ends by an abort, ends with its reason', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    const reason = new Error('Ctrl-C')
    cluster.before = () => {
      throw reason
    }
    await expect(restart(cluster, at('one'), options)).rejects.toBe(reason)
  })
})
