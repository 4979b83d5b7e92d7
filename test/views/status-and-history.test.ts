import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Judgement, judgeRollout } from '#controller/rollout-status.ts'
import type { PodTemplate } from '#kube/types.ts'
import { describePodTemplate } from '#views/describe/pod-template.ts'
import { type HistoryRow, historyText, revisionText, wideHistoryText } from '#views/history/history.ts'
import { restartText, undoText } from '#views/history/undo.ts'
import { statusLine } from '#views/status/status.ts'
import { tabColumns } from '#views/tab-columns.ts'

interface Recorded {
  readonly command: string
  readonly out: string
  readonly lines: readonly string[]
}

/** What kubectl 1.36 printed against a real control plane. */
const transcript: Recorded[] = readFileSync('test/fixtures/views/kubectl-rollout.txt', 'utf8')
  .split(/^\$ /m)
  .slice(1)
  .map((part) => {
    const [command = '', ...rest] = part.split('\n')
    const lines = rest.filter((line) => line.startsWith('[out] ')).map((line) => line.slice(6))
    return { command, lines, out: lines.map((line) => `${line}\n`).join('') }
  })
const printed = (command: string, nth = 0): string => {
  const found = transcript.filter((one) => one.command === command)[nth]
  if (!found) throw new Error(`not in the transcript: ${command}`)
  return found.out
}
const name = 'example-daemonset'
const template = (image: string): PodTemplate => ({
  metadata: { labels: { app: 'example' } },
  spec: { containers: [{ name: 'example-container', image }] },
})

/** The judgement that a line of kubectl's tells. */
function judgementOf(line: string): Judgement | undefined {
  const numbers = [...line.matchAll(/\d+/g)].map(Number)
  const [first = 0, second = 0] = numbers
  if (line.includes('new pods have been updated'))
    return { state: 'updating', updated: first, desired: second }
  if (line.includes('updated pods are available'))
    return { state: 'waiting', available: first, desired: second }
  return line.endsWith('successfully rolled out') ? { state: 'done', desired: 8 } : undefined
}

describe('status lines', () => {
  const lines = transcript.filter((one) => one.command.includes('rollout status')).flatMap((one) => one.lines)

  it('are those of kubectl, all of them', () => {
    expect(lines.length).toBeGreaterThan(40)
    for (const line of lines) {
      const judgement = judgementOf(line)
      expect(judgement && statusLine(name, judgement)).toBe(line)
    }
  })

  it.each<[string, object, Judgement['state']]>([
    ['not observed', { generation: 3, observed: 2 }, 'unobserved'],
    ['observed ahead of the generation', { generation: 3, observed: 4 }, 'done'],
    ['old pods left', { generation: 3, observed: 3, desired: 2, updated: 1, available: 2 }, 'updating'],
    [
      'new pods not available',
      { generation: 3, observed: 3, desired: 2, updated: 2, available: 1 },
      'waiting',
    ],
    ['all there', { generation: 3, observed: 3, desired: 2, updated: 2, available: 2 }, 'done'],
    ['more than wanted', { generation: 3, observed: 3, desired: 2, updated: 3, available: 3 }, 'done'],
    ['nothing wanted', { generation: 3, observed: 3, desired: 0 }, 'done'],
    ['no status yet', { generation: 1 }, 'unobserved'],
  ])('judge %s', (_name, given, state) => {
    const counters = given as Record<string, number>
    const daemonSet = {
      metadata: { generation: counters.generation ?? 0 },
      spec: { updateStrategy: { type: 'RollingUpdate' } },
      status: {
        observedGeneration: counters.observed ?? null,
        desiredNumberScheduled: counters.desired ?? null,
        updatedNumberScheduled: counters.updated ?? null,
        numberAvailable: counters.available ?? null,
      },
    }
    expect(judgeRollout(daemonSet).state).toBe(state)
    expect(judgeRollout({ ...daemonSet, spec: { updateStrategy: { type: 'OnDelete' } } }).state).toBe(
      'unsupported',
    )
  })
})

describe('history', () => {
  const row = (revision: number, changeCause = ''): HistoryRow => ({
    revision,
    changeCause,
    hash: `hash${revision}`,
    createdAt: '2026-11-20T20:37:13Z',
    images: ['nginx:1', 'busybox'],
    current: revision === 5,
    pods: { ready: 7, total: 8 },
  })

  it.each([
    ['kubectl rollout history daemonset example-daemonset', 0, [row(1)]],
    ['kubectl rollout history ds/example-daemonset', 0, [row(1), row(2)]],
    ['kubectl rollout history ds/example-daemonset', 1, [row(2), row(3)]],
    ['kubectl rollout history ds', 0, [row(3), row(4), row(5, 'use alpine')]],
  ])('%s (%d)', (command, nth, rows) => expect(historyText(name, rows)).toBe(printed(command, nth)))

  it.each([
    [1, 'nginx:latest'],
    [2, 'nginx:alpine'],
  ])('--revision=%d', (revision, image) => {
    expect(revisionText(name, revision, describePodTemplate(template(image)))).toBe(
      printed(`kubectl rollout history ds/example-daemonset --revision=${revision}`),
    )
  })

  it('of nothing', () => expect(historyText('x', [])).toBe('daemonset.apps/x \nNo rollout history found.\n'))

  it('aligns wide revisions, and keeps what a change cause holds', () => {
    expect(historyText('x', [row(1, 'a\tb'), row(1234567890, 'two\nlines')])).toBe(
      'daemonset.apps/x \nREVISION    CHANGE-CAUSE\n1           a  b\n1234567890  two\nlines\n\n',
    )
  })

  it('defuses control characters on a terminal', () => {
    expect(historyText('x', [row(1, '\u001b[31m')], { terminal: true })).toContain('\\x1b[31m')
  })

  it('-o wide keeps REVISION first and CHANGE-CAUSE last', () => {
    const now = Date.UTC(2026, 10, 20, 20, 47, 13)
    expect(wideHistoryText([row(4, 'why\tnot'), row(5)], now)).toBe(
      'REVISION   CURRENT   HASH    AGE   PODS   IMAGES            CHANGE-CAUSE\n' +
        '4                    hash4   10m   7/8    nginx:1,busybox   why not\n' +
        '5          *         hash5   10m   7/8    nginx:1,busybox   <none>\n',
    )
  })
})

describe('undo and restart', () => {
  it.each([
    ['kubectl rollout undo ds/example-daemonset --to-revision=1', undoText(name, { kind: 'rolled-back' })],
    [
      'kubectl rollout undo ds/example-daemonset --to-revision=2',
      undoText(name, { kind: 'skipped', revision: 2 }),
    ],
    [
      'kubectl rollout undo ds/example-daemonset --to-revision=1 --dry-run=server',
      undoText(name, { kind: 'rolled-back' }, 'server'),
    ],
    [
      'kubectl rollout undo ds/example-daemonset --to-revision=1 --dry-run=client',
      undoText(
        name,
        { kind: 'would-roll-back', description: describePodTemplate(template('nginx:latest')) },
        'client',
      ),
    ],
    ['kubectl rollout restart ds/example-daemonset', restartText(name)],
  ])('%s', (command, text) => expect(text).toBe(printed(command)))
})

describe('tabColumns', () => {
  it.each([
    ['a column is as wide as its neighbours above and below', 'a\tb\nlonger\tc\n', 'a       b\nlonger  c\n'],
    ['and ends where a line has no such cell', 'a\tb\n-\nlonger\tc\n', 'a  b\n-\nlonger  c\n'],
    ['an empty column takes no room', '\tb\n\tc\n', 'b\nc\n'],
    ['characters count, not code units', '😀\tb\nxx\tc\n', '😀   b\nxx  c\n'],
  ])('%s', (_name, text, aligned) => expect(tabColumns(text)).toBe(aligned))
})
