import { describe, expect, it } from 'vitest'
import { allPages, type Page } from '#cluster/live/pages.ts'

const tokens = ['', 'b', 'c', 'd']

/** A server whose pages tell their tokens at once and end when they are let. */
function slowServer() {
  const asked: string[] = []
  const endings = new Map<string, (page: Page<string>) => void>()
  const all = allPages<string>({}, (token, _, ahead) => {
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
})
