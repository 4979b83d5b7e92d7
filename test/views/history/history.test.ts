import { describe, expect, it } from 'vitest'
import type { PodTemplate } from '#kube/types.ts'
import { doneText } from '#views/done.ts'
import { type HistoryRow, historyText, revisionText, wideHistory } from '#views/history/history.ts'
import { undoText } from '#views/history/undo.ts'
import { describePodTemplate } from '#views/pod-template/pod-template.ts'
import { table } from '#views/table.ts'
import { kubectlPrinted as printed } from '../../helpers/kubectl-transcript.ts'

const name = 'example-daemonset'
const template = (image: string): PodTemplate => ({
  metadata: { labels: { app: 'example' } },
  spec: { containers: [{ name: 'example-container', image }] },
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
    ['rollout history daemonset example-daemonset', 0, [row(1)]],
    ['rollout history ds/example-daemonset', 0, [row(1), row(2)]],
    ['rollout history ds/example-daemonset', 1, [row(2), row(3)]],
    ['rollout history ds', 0, [row(3), row(4), row(5, 'use alpine')]],
  ])('%s (%d)', (command, nth, rows) => expect(historyText(name, rows)).toBe(printed(command, nth)))

  it.each([
    [1, 'nginx:latest'],
    [2, 'nginx:alpine'],
  ])('--revision=%d', (revision, image) => {
    expect(revisionText(name, revision, describePodTemplate(template(image)))).toBe(
      printed(`rollout history ds/example-daemonset --revision=${revision}`),
    )
  })

  it('of nothing', () => expect(historyText('x', [])).toBe('daemonset.apps/x \nNo rollout history found.\n'))

  it('aligns wide revisions, and keeps what a change cause holds', () => {
    expect(historyText('x', [row(1, 'a\tb'), row(1234567890, 'two\nlines')])).toBe(
      'daemonset.apps/x \nREVISION    CHANGE-CAUSE\n1           a  b\n1234567890  two\nlines\n\n',
    )
  })

  it('-o wide keeps REVISION first and CHANGE-CAUSE last', () => {
    const now = Date.UTC(2026, 10, 20, 20, 47, 13)
    expect(table(wideHistory([row(4, 'why\tnot'), row(5)], now))).toBe(
      'REVISION   CURRENT   HASH    AGE   PODS   IMAGES            CHANGE-CAUSE\n' +
        '4                    hash4   10m   7/8    nginx:1,busybox   why not\n' +
        '5          *         hash5   10m   7/8    nginx:1,busybox   <none>\n',
    )
  })
})

describe('undo and restart', () => {
  it.each([
    ['rollout undo ds/example-daemonset --to-revision=1', undoText(name, { kind: 'rolled-back' })],
    ['rollout undo ds/example-daemonset --to-revision=2', undoText(name, { kind: 'skipped', revision: 2 })],
    [
      'rollout undo ds/example-daemonset --to-revision=1 --dry-run=server',
      undoText(name, { kind: 'rolled-back' }, 'server'),
    ],
    [
      'rollout undo ds/example-daemonset --to-revision=1 --dry-run=client',
      undoText(
        name,
        { kind: 'would-roll-back', description: describePodTemplate(template('nginx:latest')) },
        'client',
      ),
    ],
    ['rollout restart ds/example-daemonset', doneText(name, 'restarted')],
  ])('%s', (command, text) => expect(text).toBe(printed(command)))
})
