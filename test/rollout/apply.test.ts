import { describe, expect, it, vi } from 'vitest'
import { OverwriteConflict } from '#apiserver/patch/applied.ts'
import { lastApplied, modifiedConfiguration } from '#apiserver/patch/last-applied.ts'
import { daemonSets } from '#cluster/resources.ts'
import { lastAppliedAnnotation } from '#kube/annotations.ts'
import type { JsonObject } from '#kube/types.ts'
import { type ApplyOptions, applyDaemonSet } from '#rollout/apply.ts'
import { refusedWith } from '../helpers/memory-cluster.ts'
import { template, world } from '../helpers/rollout-world.ts'

const manifest = (image: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'a', namespace: 'default' },
  spec: { selector: { matchLabels: { app: 'a' } }, template: template(image), ...more },
})

/** As it stands on the server after it was applied. */
const applied = (image: string, more: JsonObject = {}): JsonObject => {
  const object = modifiedConfiguration(manifest(image, more))
  return { ...object, metadata: { ...(object.metadata as JsonObject), uid: 'uid-a' } }
}

const lostAnswer = () => refusedWith(0, 'Connection', 'EOF', true)
const imageOf = (object: unknown) =>
  (object as { spec: { template: { spec: { containers: { image: string }[] } } } }).spec.template.spec
    .containers[0]?.image

describe('apply', () => {
  it('creates what is not there, with what was applied and without nulls', async () => {
    const cluster = world({})
    const { outcome } = await applyDaemonSet(cluster, manifest('one', { minReadySeconds: null }))
    const stored = cluster.read(daemonSets, 'a') as JsonObject
    expect(outcome).toBe('created')
    expect(stored.spec).not.toHaveProperty('minReadySeconds')
    expect(lastApplied(stored)).toContain('"minReadySeconds":null')
  })

  it('patches what is there, and leaves it alone where nothing differs', async () => {
    const cluster = world({ daemonSet: applied('one') })
    const sent = vi.spyOn(cluster, 'patch')
    expect(await applyDaemonSet(cluster, manifest('one'))).toMatchObject({ outcome: 'unchanged' })
    expect(sent).not.toHaveBeenCalled()
    const fieldManager = 'me'
    expect(await applyDaemonSet(cluster, manifest('two'), { fieldManager })).toMatchObject({
      outcome: 'configured',
    })
    expect(sent.mock.calls[0]?.[2]).toEqual({
      type: 'strategic',
      body: {
        metadata: { annotations: { [lastAppliedAnnotation]: lastApplied(applied('two')) } },
        spec: {
          template: {
            spec: {
              '$setElementOrder/containers': [{ name: 'c' }],
              containers: [{ image: 'two', name: 'c' }],
            },
          },
        },
      },
    })
    expect(cluster.options.at(-1)).toMatchObject({ fieldManager: 'me' })
  })

  it('tells of an object that was not applied before', async () => {
    const notes: string[] = []
    const options = { note: (text: string) => void notes.push(text) }
    await applyDaemonSet(world({ daemonSet: { ...manifest('one') } }), manifest('one'), options)
    expect(notes).toEqual([expect.stringContaining('resource daemonsets/a is missing the')])
  })

  it('tells of an object that is being deleted', async () => {
    const notes: string[] = []
    const object = applied('one')
    const metadata = { ...(object.metadata as JsonObject), deletionTimestamp: '2026-11-20T20:00:00Z' }
    const cluster = world({ daemonSet: { ...object, metadata } })
    await applyDaemonSet(cluster, manifest('two'), { note: (text) => void notes.push(text) })
    expect(notes).toEqual(['Detected changes to resource a which is currently being deleted.'])
  })

  it.each<['client' | 'server', string]>([
    ['client', 'get daemonsets a'],
    ['server', 'get daemonsets a,patch daemonsets a'],
  ])('of a dry run of the %s stores nothing and answers what would be', async (dryRun, calls) => {
    const cluster = world({ daemonSet: applied('one') })
    const { daemonSet, outcome } = await applyDaemonSet(cluster, manifest('two'), { dryRun })
    expect([outcome, imageOf(daemonSet), cluster.calls.join()]).toEqual(['configured', 'two', calls])
    expect(imageOf(cluster.read(daemonSets, 'a'))).toBe('one')
  })

  it('without overwriting refuses what someone else has changed otherwise', async () => {
    const live = applied('one')
    const cluster = world({ daemonSet: { ...live, spec: manifest('theirs').spec ?? {} } })
    await expect(applyDaemonSet(cluster, manifest('mine'), { overwrite: false })).rejects.toThrow(
      OverwriteConflict,
    )
    expect(cluster.calls).toEqual(['get daemonsets a'])
  })

  it('takes an annotation of null for one that says nothing', async () => {
    const metadata = { name: 'a', namespace: 'default', annotations: { [lastAppliedAnnotation]: 'null' } }
    const cluster = world({ daemonSet: { ...applied('one'), metadata } })
    expect(await applyDaemonSet(cluster, manifest('two'))).toMatchObject({ outcome: 'configured' })
  })

  it('refuses an annotation that is no JSON', async () => {
    const object = applied('one')
    const metadata = { name: 'a', namespace: 'default', annotations: { [lastAppliedAnnotation]: '{' } }
    const cluster = world({ daemonSet: { ...object, metadata } })
    await expect(applyDaemonSet(cluster, manifest('two'))).rejects.toMatchObject({
      message: expect.stringMatching(/^the annotation \S+ of daemonset a is not a JSON document$/),
      hint: `remove it: kubectl annotate ds/a -n default ${lastAppliedAnnotation}-`,
    })
  })
})

describe('an apply whose answer got lost', () => {
  const cases: readonly [string, 'before' | 'after', JsonObject | undefined, string[]][] = [
    ['was carried out', 'after', applied('one'), ['get', 'patch', 'get']],
    ['was not carried out', 'before', applied('one'), ['get', 'patch', 'get', 'patch']],
    ['created it', 'after', undefined, ['get', 'create', 'get']],
    ['did not create it', 'before', undefined, ['get', 'create', 'get', 'create']],
  ]
  it.each(cases)('that %s is looked up, and never lost', async (_, when, live, calls) => {
    const cluster = world(live ? { daemonSet: live } : {})
    let faults = 1
    cluster[when] = (call) => {
      if (call !== 'get' && faults-- > 0) throw lostAnswer()
    }
    const pauses: number[] = []
    const pause = async (attempt: number) => void pauses.push(attempt)
    const { outcome } = await applyDaemonSet(cluster, manifest('two'), { pause })
    expect(outcome).toBe(live ? 'configured' : 'created')
    expect(cluster.calls).toEqual(calls.map((call) => `${call} daemonsets a`))
    expect(pauses).toEqual(when === 'before' ? [1] : [])
    expect(imageOf(cluster.read(daemonSets, 'a'))).toBe('two')
    expect(cluster.read(daemonSets, 'a').metadata?.generation).toBe(live ? 2 : 1)
  })

  it('is told as unknown where nobody can be asked', async () => {
    const cluster = world({ daemonSet: applied('one') })
    let gets = 0
    cluster.before = (call) => {
      if (call === 'patch' || gets++ > 0) throw lostAnswer()
    }
    await expect(applyDaemonSet(cluster, manifest('two'))).rejects.toMatchObject({
      code: 'unknown-outcome',
      message: 'no answer came: whether daemonset.apps/a was configured is unknown (EOF)',
    })
  })

  it('is told as unknown when somebody has deleted the object meanwhile', async () => {
    const cluster = world({ daemonSet: applied('one') })
    cluster.before = (call) => {
      if (call !== 'patch') return
      cluster.remove(daemonSets, 'a')
      throw lostAnswer()
    }
    await expect(applyDaemonSet(cluster, manifest('two'))).rejects.toMatchObject({ code: 'unknown-outcome' })
  })

  it('is told as unknown when it is interrupted', async () => {
    const cluster = world({ daemonSet: applied('one') })
    const interrupt = new AbortController()
    cluster.before = (call) => {
      if (call !== 'patch') return
      interrupt.abort(new Error('Ctrl-C'))
      throw interrupt.signal.reason
    }
    const options: ApplyOptions = { signal: interrupt.signal }
    await expect(applyDaemonSet(cluster, manifest('two'), options)).rejects.toMatchObject({
      code: 'unknown-outcome',
      exitCode: 130,
    })
  })

  it('is sent once where the server answers that it failed', async () => {
    const cluster = world({ daemonSet: applied('one') })
    cluster.before = (call) => {
      if (call === 'patch') throw refusedWith(500, 'InternalError', 'failed calling webhook "x"')
    }
    await expect(applyDaemonSet(cluster, manifest('two'))).rejects.toMatchObject({ status: 500 })
    expect(cluster.calls.filter((call) => call.startsWith('patch'))).toHaveLength(1)
  })

  it('is sent again after a conflict, as kubectl does, and not forever', async () => {
    const cluster = world({ daemonSet: applied('one') })
    let conflicts = 1
    cluster.before = (call) => {
      if (call === 'patch' && conflicts-- > 0) throw refusedWith(409, 'Conflict', 'modified')
    }
    expect(await applyDaemonSet(cluster, manifest('two'))).toMatchObject({ outcome: 'configured' })
    conflicts = 99
    await expect(applyDaemonSet(cluster, manifest('three'))).rejects.toMatchObject({ status: 409 })
    expect(cluster.calls.filter((call) => call.startsWith('patch'))).toHaveLength(2 + 6)
  })

  it('of a dry run is not looked up', async () => {
    const cluster = world({ daemonSet: applied('one') })
    cluster.before = (call) => {
      if (call === 'patch') throw lostAnswer()
    }
    await expect(applyDaemonSet(cluster, manifest('two'), { dryRun: 'server' })).rejects.toMatchObject({
      code: 'Connection',
    })
    expect(cluster.calls).toEqual(['get daemonsets a', 'patch daemonsets a'])
  })
})
