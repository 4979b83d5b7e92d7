import { describe, expect, it } from 'vitest'
import { daemonSets } from '#cluster/resources.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { imagePatch, setImages, withImages } from '#rollout/set-image.ts'
import { refusedWith } from '../helpers/memory-cluster.ts'
import { daemonSet, world } from '../helpers/rollout-world.ts'

const at = (image: string) => daemonSet(image) as DaemonSet
const images = (...pairs: readonly [string, string][]) => new Map(pairs)
const lostAnswer = () => refusedWith(0, 'Connection', 'EOF', true)

describe('set image', () => {
  it('patches the named container, and nothing else', () => {
    expect(imagePatch(at('one'), images(['c', 'two']))).toEqual({
      spec: {
        template: {
          spec: { '$setElementOrder/containers': [{ name: 'c' }], containers: [{ image: 'two', name: 'c' }] },
        },
      },
    })
  })

  it('knows init containers, and all of them by a star', () => {
    const both = at('one')
    const spec = { initContainers: [{ name: 'i', image: 'one' }], containers: [{ name: 'c', image: 'one' }] }
    const given = { ...both, spec: { ...both.spec, template: { ...both.spec?.template, spec } } } as DaemonSet
    const imagesOf = (one: DaemonSet) => {
      const { containers, initContainers } = (one.spec?.template?.spec ?? {}) as Record<string, JsonObject[]>
      return [...(initContainers ?? []), ...(containers ?? [])].map(({ image }) => image)
    }
    expect(imagesOf(withImages(given, images(['*', 'two'])).daemonSet)).toEqual(['two', 'two'])
    expect(imagesOf(withImages(given, images(['i', 'two'])).daemonSet)).toEqual(['two', 'one'])
  })

  it('names what no container is called, and changes the others', () => {
    const { missing, daemonSet } = withImages(at('one'), images(['nope', 'x'], ['c', 'two']))
    expect(missing).toEqual(['nope'])
    expect(daemonSet.spec?.template?.spec?.containers?.[0]?.image).toBe('two')
  })

  it('sends nothing where the images are there', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    expect(await setImages(cluster, at('one'), images(['c', 'one']))).toBeUndefined()
    expect(cluster.calls).toEqual([])
  })

  it('records a change cause with it', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    const after = await setImages(cluster, at('one'), images(['c', 'two']), { changeCause: 'why' })
    expect(after?.metadata?.annotations).toEqual({ 'kubernetes.io/change-cause': 'why' })
  })

  it.each<['before' | 'after', string[]]>([
    ['after', ['patch daemonsets a', 'get daemonsets a']],
    ['before', ['patch daemonsets a', 'get daemonsets a', 'patch daemonsets a']],
  ])('whose answer got lost (%s it was carried out) is looked up', async (when, calls) => {
    const cluster = world({ daemonSet: daemonSet('one') })
    let faults = 1
    cluster[when] = (call) => {
      if (call === 'patch' && faults-- > 0) throw lostAnswer()
    }
    await setImages(cluster, at('one'), images(['c', 'two']))
    expect(cluster.calls).toEqual(calls)
    expect(cluster.read(daemonSets, 'a').metadata?.generation).toBe(3)
  })

  it('is refused in kubectl’s words', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    cluster.before = () => {
      throw refusedWith(422, 'Invalid', 'DaemonSet.apps "a" is invalid: …')
    }
    await expect(setImages(cluster, at('one'), images(['c', '']))).rejects.toMatchObject({
      message: 'failed to patch image update to pod template: DaemonSet.apps "a" is invalid: …',
    })
  })
})
