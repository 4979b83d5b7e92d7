import { describe, expect, it } from 'vitest'
import { allPages, type Page } from '#cluster/live/pages.ts'
import { nodes } from '#cluster/resources.ts'
import { json, testServer } from '../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../helpers/test-host.ts'

const tokens = ['', 'b', 'c', 'd']
const call = { verb: 'list', resource: 'nodes', name: '' }

/** A server whose pages tell their tokens at once and end when they are let. */
function slowServer() {
  const asked: string[] = []
  const endings = new Map<string, (page: Page<string>) => void>()
  const all = allPages<string>({}, call, (token, _, ahead) => {
    asked.push(token)
    queueMicrotask(() => ahead(tokens[tokens.indexOf(token) + 1] ?? ''))
    return new Promise((resolve) => endings.set(token, resolve))
  })
  const end = async (token: string) => {
    const behind = tokens[tokens.indexOf(token) + 1] ?? ''
    endings.get(token)?.({ items: [`item of ${token}`], resourceVersion: '1', token: behind })
    for (let turn = 0; turn < 10; turn++) await undefined
  }
  return { all, asked, end }
}

describe('the pages of a list', () => {
  it('come two at a time: the one behind the awaited one is asked for early, none further on', async () => {
    const { all, asked, end } = slowServer()
    await end('none')
    expect(asked).toEqual(['', 'b'])
    await end('')
    expect(asked).toEqual(['', 'b', 'c'])
    await end('c')
    expect(asked).toEqual(['', 'b', 'c'])
    await end('b')
    expect(asked).toEqual(tokens)
    await end('d')
    expect((await all).items).toEqual(tokens.map((token) => `item of ${token}`))
  })

  it('are given up together: one that fails ends the one behind it', async () => {
    const signals: AbortSignal[] = []
    const all = allPages<string>({}, call, async (token, signal, ahead) => {
      signals.push(signal)
      ahead('behind')
      if (token === 'behind') return new Promise(() => {})
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error('no page')
    })
    await expect(all).rejects.toThrow('no page')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  it.each([
    ['one token', ['t']],
    ['two tokens in turn', ['t', 'u']],
  ])('that lead in a circle by %s are refused: nobody would see the end of them', async (_name, circle) => {
    let asked = 0
    const all = allPages<string>({}, call, async () => {
      const token = circle[asked % circle.length] ?? ''
      return { items: [], resourceVersion: '1', token: asked++ < 100 ? token : '' }
    })
    await expect(all).rejects.toThrow(
      'the server sent a list without an end: it repeats a continue token (list nodes)',
    )
    expect(asked).toBeLessThan(10)
  })

  it('are refused in the same words where a real server leads in a circle', async () => {
    const page = { kind: 'NodeList', apiVersion: 'v1', metadata: { continue: 't' }, items: [] }
    const { cluster } = await connectTo((await testServer([json(page)])).url, testHost())
    await expect(cluster.list(nodes)).rejects.toThrow('it repeats a continue token (list nodes)')
  })
})
