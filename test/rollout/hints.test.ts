import { describe, expect, it } from 'vitest'
import { ApiError } from '#cluster/api-error.ts'
import { hintFor, withHint } from '#rollout/hints.ts'
import { refusedWith } from './memory-cluster.ts'
import { daemonSet, world } from './world.ts'

const missing = new ApiError(
  'NotFound',
  404,
  { shown: 'x', server: 'daemonsets.apps "a" not found' },
  { details: { kind: 'daemonsets', group: 'apps', name: 'a' } },
)

describe('hints', () => {
  it('name the namespaces that have such a DaemonSet', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    expect(await hintFor(cluster, missing)).toBe('there is one in the namespace default: add -n default')
    expect(await hintFor(world({}), missing)).toBeUndefined()
  })

  it('never fail themselves', async () => {
    const cluster = world({})
    cluster.before = () => {
      throw refusedWith(403, 'Forbidden', 'no')
    }
    expect(await hintFor(cluster, missing)).toBeUndefined()
    expect(await hintFor(cluster, new Error('x'))).toBeUndefined()
  })

  it('show how to check a missing permission', async () => {
    const words =
      'daemonsets.apps "a" is forbidden: User "jane" cannot get resource "daemonsets" in API group "apps" in the namespace "default"'
    expect(await hintFor(world({}), refusedWith(403, 'Forbidden', words))).toBe(
      'check the permission with: kubectl auth can-i get daemonsets.apps -n default',
    )
    const nodes =
      'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope'
    expect(await hintFor(world({}), refusedWith(403, 'Forbidden', nodes))).toBe(
      'check the permission with: kubectl auth can-i list nodes',
    )
    expect(await hintFor(world({}), refusedWith(403, 'Forbidden', 'quota exceeded'))).toBeUndefined()
  })

  it('leave the words of the error alone', () => {
    const hinted = withHint(missing, 'look there')
    expect(hinted).toMatchObject({ message: 'x', verbatim: true, hint: 'look there', code: 'NotFound' })
    expect(withHint(hinted, 'other')).toBe(hinted)
    expect(withHint(missing, undefined)).toBe(missing)
  })
})
