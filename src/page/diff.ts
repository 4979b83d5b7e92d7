import type { Json } from '#base/json.ts'
import type { DaemonSet } from '#kube/types.ts'
import { changesBetween } from '#views/diff/changes.ts'
import { changesText, unifiedDiff } from '#views/diff/diff.ts'
import { toYaml } from '#yaml/emit.ts'
import { el } from './dom.ts'
import type { Subject } from './model.ts'

const specOf = ({ spec }: DaemonSet) => JSON.parse(JSON.stringify({ spec: spec ?? {} })) as Json

const tones: Readonly<Record<string, string>> = { '+': 'added', '-': 'gone', '~': 'changed', '@': 'place' }

const lines = (text: string) =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => el('span', { class: tones[line[0] ?? ''], text: `${line}\n` }))

/** What an edit differs in, as YAML: lists of tolerations are no reading in a line. */
function editDifference(before: DaemonSet, after: DaemonSet): HTMLElement {
  const [old, now] = [toYaml(specOf(before)), toYaml(specOf(after))]
  const unified = unifiedDiff({ label: 'manifest', text: old }, { label: 'edited', text: now })
  const text = unified === '' ? 'Nothing differs.' : unified
  return el(
    'section',
    { class: 'diff' },
    el('h3', { text: 'Your edit' }),
    el('pre', { tabindex: 0, 'aria-label': 'Your edit, as YAML' }, ...lines(text)),
  )
}

/** What differs, field by field, and as a unified diff to open. */
function difference(
  title: string,
  before: DaemonSet,
  after: DaemonSet,
  labels: readonly [string, string],
): HTMLElement {
  const [old, now] = [specOf(before), specOf(after)]
  const changes = changesBetween(old, now)
  const heading = el('h3', { text: title })
  if (changes.length === 0)
    return el('section', { class: 'diff' }, heading, el('p', { class: 'note', text: 'Nothing differs.' }))
  const unified = unifiedDiff(
    { label: labels[0], text: toYaml(old) },
    { label: labels[1], text: toYaml(now) },
  )
  return el(
    'section',
    { class: 'diff' },
    heading,
    el('pre', { class: 'fields', tabindex: 0, 'aria-label': title }, ...lines(changesText(changes))),
    el(
      'details',
      {},
      el('summary', { text: 'As YAML' }),
      el('pre', { tabindex: 0, 'aria-label': `${title}, as YAML` }, ...lines(unified)),
    ),
  )
}

/** What the edit changes in the manifest, and the manifest in what stands. */
export function diffsOf(subject: Subject): HTMLElement[] {
  const { after, before, given, isEdited } = subject
  const edit = isEdited ? [editDifference(given, after)] : []
  if (!before)
    return edit.length > 0
      ? edit
      : [
          el('p', {
            class: 'note',
            text: subject.knowsCluster
              ? 'It is not in the cluster yet.'
              : 'Nodes alone are known: nothing to compare it with.',
          }),
        ]
  const title = isEdited ? 'With your edit, against what is there' : 'Against what is there'
  return [...edit, difference(title, before, after, ['now', 'new'])]
}
