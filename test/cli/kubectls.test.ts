import { describe, expect, it } from 'vitest'
import { kubectls } from '#commands/kubectls.ts'
import { registry } from '#commands/registry.ts'
import { kds } from '../helpers/run.ts'

describe('commands that only kubectl has', () => {
  it.each(Object.entries(kubectls))('kds %s names kubectl %s', async (word, line) => {
    const { err, exit, out } = await kds([word, 'x'])
    expect({ exit, out }).toEqual({ exit: 1, out: '' })
    expect(err).toContain(`error: kds has no command "${word}", kubectl has\nhint: use: kubectl ${line}\n`)
    expect(line.split(' ')[0]).toBe(word)
  })

  it('are none of kds, of which it tells itself', () => {
    const own = registry.commands.map(({ path }) => path[0])
    expect(Object.keys(kubectls).filter((word) => own.includes(word))).toEqual([])
  })
})
