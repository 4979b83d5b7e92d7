import { expect, it } from 'vitest'
import { groupOf } from '#controller/waves/wave-sets.ts'
import { domainOf } from '#scheduler/topology-counts.ts'
import { kds } from '../helpers/run.ts'

const cluster = ['--snapshot', 'examples/snapshot.yaml', '--nodes', 'examples/cluster.yaml']

/** What every object of JavaScript has is no label of a node. */
it.each(['constructor', 'toString', '__proto__'])('a label that no node has: %s', async (label) => {
  for (const argv of [
    ['pods', 'ds/log-agent', '-n', 'logging', ...cluster],
    ['overhead', ...cluster],
    ['map', 'ds/log-agent', '-n', 'logging', ...cluster],
  ]) {
    const { err, exit, out } = await kds([...argv, '-L', label])
    expect({ argv, err, exit }).toEqual({ argv, err, exit: 0 })
    expect(`${err}${out}`).not.toMatch(/internal error|\[native code\]|\[object/)
    expect(out).toContain('<none>')
  }
  expect(groupOf({ metadata: { labels: { a: 'b' } } }, label)).toBe('')
  expect(domainOf({ metadata: { labels: { a: 'b' } } }, label)).toBeUndefined()
})
