import { expect, it } from 'vitest'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import { plain } from '#base/style.ts'
import { readNodes } from '#cluster/snapshot/read-snapshot.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import { readManifests } from '#manifest/read-manifests.ts'
import type { LoadedObject } from '#manifest/types.ts'
import { planPlacement } from '#placement/plan.ts'
import { planMarkdown } from '#views/plan/markdown.ts'
import { planSummary } from '#views/plan/summary.ts'
import { nodeTrace } from '#views/plan/trace.ts'
import { wideTable } from '#views/plan/wide.ts'
import {
  type CorpusAnswer,
  corpusAnswer,
  corpusAnswers,
  corpusDaemonSets,
  corpusFolder,
  corpusNodes,
  describeCorpus,
} from '../../helpers/corpus.ts'
import { kds } from '../../helpers/run.ts'

/*
 * Other people's manifests and node dumps, read in place. No answer is known for most of them: what is held here is that
 * there is one, that it fits the screen, and that the checks agree with a real server about what may be stored.
 */
const manifests = corpusDaemonSets.map((file) => `${corpusFolder}/daemonsets/${file}`)
const nodeFiles = corpusNodes.map((file) => `${corpusFolder}/nodes/${file}`)

async function* nothing(): AsyncGenerator<Uint8Array> {}
const context = { cwd: '.', stdin: nothing(), env: {} }

/** Whatever the reader refuses, it must refuse in its own words; that is what the tests of single files look at. */
async function readable<T>(
  files: readonly string[],
  read: (file: string) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (const file of files) {
    const objects = await read(file).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'KdsError') return []
      throw error
    })
    found.push(...objects)
  }
  return found
}

const daemonSetsOf = async (file: string): Promise<readonly LoadedObject<DaemonSet>[]> =>
  (await readManifests({ ...context, files: [file] })).daemonSets
const nodesOf = async (file: string): Promise<readonly Node[]> =>
  (await readNodes({ ...context, sources: [file] })).nodes

const tooWide = (text: string) => text.split('\n').filter((line) => line.length > 80)

describeCorpus('every manifest of the corpus', () => {
  it.each(corpusDaemonSets)('%s is planned or refused in clear words', async (name) => {
    const file = `${corpusFolder}/daemonsets/${name}`
    const nodes = ['--nodes', `${corpusFolder}/nodes/troubleshoot--files-nodes.json`]
    const checked = await kds(['plan', '-f', file, ...nodes], { terminal: 80, env: { TERM: 'dumb' } })
    const forced = await kds(['plan', '-f', file, ...nodes, '--force'], {
      terminal: 80,
      env: { TERM: 'dumb' },
    })
    for (const { out, err, exit } of [checked, forced]) {
      expect(err).not.toMatch(/internal error|\bundefined\b|\bNaN\b|\[object /)
      expect(out).not.toMatch(/\bundefined\b|\bNaN\b|\[object /)
      expect(tooWide(out)).toEqual([])
      if (exit === 0) expect(out).toMatch(/^(?:no node matches: )?\d+ of \d+ nodes? would run\s/)
      else expect([exit, out, /^(error|Warning): /.test(err)]).toEqual([1, '', true])
    }
  })
})

describeCorpus('every node file of the corpus', () => {
  const agent = 'examples/log-agent.yaml'
  it.each(corpusNodes)('%s is planned on or refused in clear words', async (name) => {
    const file = `${corpusFolder}/nodes/${name}`
    for (const source of ['--nodes', '--snapshot']) {
      const { out, err, exit } = await kds(['plan', '-f', agent, source, file])
      expect(err).not.toMatch(/internal error|\bundefined\b|\bNaN\b|\[object /)
      if (exit === 0) expect(out).not.toBe('')
      else expect([exit, out, /^error: /.test(err)]).toEqual([1, '', true])
    }
  })
})

describeCorpus('every manifest on every node file', () => {
  it('has a plan whose numbers add up, and views of 80 columns', async () => {
    const daemonSets = await readable(manifests, daemonSetsOf)
    expect(daemonSets.length).toBeGreaterThan(80)
    for (const file of nodeFiles) {
      const nodes = await readable([file], nodesOf)
      for (const { value } of daemonSets) {
        const plan = planPlacement(value, nodes, 'default')
        expect(plan.count.run + plan.count.stay + plan.count.no).toBe(nodes.length)
        expect(plan.groups.reduce((sum, group) => sum + group.nodes.length, 0)).toBe(nodes.length)
        const text = planSummary({ plan }, { style: plain, width: 80, symbols: true })
        expect(tooWide(text)).toEqual([])
      }
    }
  })

  it('has every other view, for a sample', async () => {
    const daemonSets = (await readable(manifests, daemonSetsOf)).filter((_, i) => i % 5 === 0)
    for (const file of nodeFiles) {
      const nodes = await readable([file], nodesOf)
      for (const { value } of daemonSets) {
        const plan = planPlacement(value, nodes, 'default')
        const options = { style: plain, width: 80, symbols: false }
        const traces = [...plan.nodes].slice(0, 2).map((node) => nodeTrace(plan, node, options))
        const shown = [...traces, planMarkdown({ plan }, []), wideTable(plan, 80)]
        for (const text of shown) expect(text).not.toMatch(/\bundefined\b|\bNaN\b|\[object /)
        for (const text of traces) expect(tooWide(text)).toEqual([])
      }
    }
  })

  const outputs = ['wide', 'json', 'yaml', 'name', 'markdown']
  it.each(outputs)('-o %s, for a sample', async (output) => {
    for (const file of manifests.filter((_, i) => i % 15 === 0)) {
      for (const nodes of nodeFiles.filter((_, i) => i % 10 === 0)) {
        const argv = ['plan', '-f', file, '--nodes', nodes, '--force', '-o', output]
        const { out, err, exit } = await kds(argv)
        expect(err).not.toContain('internal error')
        if (exit === 0 && output === 'json') expect(JSON.parse(out)).toMatchObject({ kind: 'PlanList' })
      }
    }
  })
})

/**
 * Files whose `defaultMode: 0640` reached that server as 640: whoever recorded it read YAML 1.2. kubectl reads YAML 1.1,
 * so 416, which is a mode.
 */
const readAsDecimal = [
  'elastic-agent--hostnetwork-elastic-agent-standalone-daemonset-ksm-0.yaml',
  'elastic-agent--manifests-elastic-agent-standalone-gke-autopilot.yaml',
]

/** The field paths of kubectl's text: one on the first line, or one a line after a star. */
function refusedFields({ refused = '' }: CorpusAnswer): string[] {
  const lines = refused
    .split('\n')
    .map((line) => line.replace(/^The DaemonSet "[^"]*" is invalid: ?|^\* /, ''))
  return lines
    .filter((line) => line !== '')
    .map((line) => line.slice(0, line.indexOf(': ')))
    .sort()
}

describeCorpus('what a real v1.36 server said of the corpus', () => {
  it.each(corpusAnswers)('$file $index', async ({ file, index }) => {
    const answer = corpusAnswer(file, index)
    const found = await daemonSetsOf(`${corpusFolder}/daemonsets/${file}`)
    const ours = found.filter(({ value }) => value.apiVersion === 'apps/v1')[index - 1]
    const { accepted, typeErrors, errors } = admitDaemonSet(ours?.value)
    // The server was given a name of its own for each.
    const fields = errors
      .map(({ field }) => field)
      .filter((field) => !/^metadata\.(name|namespace)$/.test(field))
    expect(typeErrors).toEqual([])
    expect(fields.sort()).toEqual(readAsDecimal.includes(file) ? [] : refusedFields(answer))
    expect(ours).toBeDefined()
    if (answer.refused === undefined && fields.length === errors.length) expect(accepted).toBe(true)
  })
})
