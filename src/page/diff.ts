import type { Json } from '#base/json.ts'
import type { DaemonSet } from '#kube/types.ts'
import { unifiedDiff } from '#views/diff/diff.ts'
import { toYaml } from '#yaml/emit.ts'
import { el } from './dom.ts'
import type { Subject } from './model.ts'

const specOf = ({ spec }: DaemonSet) => JSON.parse(JSON.stringify({ spec: spec ?? {} })) as Json

const tones: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '@': 'hunk' }

/** What differs, as YAML. */
function difference(title: string, before: DaemonSet, after: DaemonSet): HTMLElement {
  const [old, now] = [toYaml(specOf(before)), toYaml(specOf(after))]
  const [, , ...lines] = unifiedDiff({ label: '', text: old }, { label: '', text: now }).split(/^/m)
  return el(
    'section',
    { class: 'diff' },
    el('h3', { text: title }),
    lines.length === 0
      ? el('p', { class: 'note', text: 'Nothing differs.' })
      : el(
          'pre',
          { class: 'code', role: 'group', tabindex: 0, 'aria-label': title },
          ...lines.map((text) => el('span', { class: tones[text[0] ?? ''], text })),
        ),
  )
}

/** What the edit changes in the manifest, and the manifest in what stands. */
export function diffsOf({ after, before, given, isEdited, knowsCluster }: Subject): HTMLElement[] {
  const edit = isEdited ? [difference('Your edit', given, after)] : []
  if (before) {
    const title = isEdited ? 'With your edit, against what is there' : 'Against what is there'
    return [...edit, difference(title, before, after)]
  }
  if (isEdited) return edit
  const text = knowsCluster
    ? 'It is not in the cluster yet.'
    : 'Nodes alone are known: nothing to compare it with.'
  return [el('p', { class: 'note', text })]
}
