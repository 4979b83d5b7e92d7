import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { corpusDaemonSets, corpusFolder, describeCorpus } from '../../helpers/corpus.ts'
import { kds } from '../../helpers/run.ts'
import { workspace } from '../../helpers/workspace.ts'

const cluster = join(process.cwd(), 'examples/cluster.yaml')

/** The nodes of each DaemonSet in a folder's file, and what is decided about them. */
async function placed(cwd: string) {
  const { out } = await kds(
    ['plan', '-f', 'x', '--nodes', cluster, '--force', '--validate=ignore', '-o', 'json'],
    { cwd },
  )
  const items = out === '' ? [] : JSON.parse(out).items
  return items.map(
    ({ daemonSet, nodes }: { daemonSet: object; nodes: { name: string; shouldRun: boolean }[] }) => [
      daemonSet,
      nodes.filter(({ shouldRun }) => shouldRun).map(({ name }) => name),
    ],
  )
}

/** Lines of one text that the other lacks. */
function lost(before: string, after: string): string[] {
  const left = new Map<string, number>()
  for (const line of after.split('\n')) left.set(line, (left.get(line) ?? 0) + 1)
  return before.split('\n').filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}

describeCorpus('manifests of others, linted, mended and planned', () => {
  const mended: string[] = []

  it.each(corpusDaemonSets)('%s', async (file) => {
    const text = readFileSync(join(corpusFolder, 'daemonsets', file), 'utf8')
    const cwd = workspace({ x: text })
    const before = await placed(cwd)
    const { out, err } = await kds(['lint', '-f', 'x', '--fix'], { cwd })
    expect(err).not.toMatch(/internal error|by hand/)
    const after = readFileSync(join(cwd, 'x'), 'utf8')
    if (after === text) return
    mended.push(file)
    expect(out).toMatch(/\d+ findings? fixed in 1 file/)
    expect(await placed(cwd)).toEqual(before)
    // Comments stay, but for those inside of what is taken out.
    expect(lost(text, after).filter((line) => /^\s*#/.test(line))).toEqual([])
    const again = await kds(['lint', '-f', 'x', '--fix'], { cwd })
    expect(again.out).toContain('nothing can be fixed in place')
  })

  it('ten and more of them are mended', () => {
    expect(mended.length).toBeGreaterThanOrEqual(10)
  })
})
