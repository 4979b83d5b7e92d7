import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import type { ChangePlan, NodeChange, NodeChangeKind } from '#controller/types.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import { objectName } from '../names.ts'
import { type Group, type Section, sectionsText, type TextOptions } from '../sections.ts'
import { table } from '../table.ts'
import { wrapped } from '../wrap.ts'

interface Look {
  readonly mark: string
  readonly note: string
  readonly word: string
  readonly tone: 'good' | 'bad' | 'warn' | 'dim'
}

/** In the order in which they are shown: what happens first, what stays last. */
const looks: Readonly<Record<NodeChangeKind, Look>> = {
  gain: { mark: '+', word: 'gain', note: '', tone: 'good' },
  replace: { mark: '~', word: 'replace', note: '', tone: 'warn' },
  lose: { mark: '-', word: 'lose', note: '', tone: 'bad' },
  unplaceable: { mark: '!', word: 'no room', note: 'a pod is wanted and will not fit', tone: 'bad' },
  'left-over': {
    mark: '=',
    word: 'left over',
    note: 'the pod there stays, and would not be started again',
    tone: 'warn',
  },
  keep: { mark: '=', word: 'keep', note: '', tone: 'dim' },
  none: { mark: ' ', word: 'none', note: 'no pod there, and none wanted', tone: 'dim' },
}

const kinds = Object.keys(looks) as NodeChangeKind[]

/** `replace: the template changed`, for the trace of one node. */
export function changeText(change: NodeChange): string {
  const { mark, word } = looks[change.change]
  const reason = reasonOf(change)
  return `${mark} ${word}${reason === '' ? '' : `: ${reason}`}`.trimStart()
}

/** Why a node changes; for a pod that will not fit, the numbers. */
export function reasonOf(change: NodeChange): string {
  const fit = change.change === 'unplaceable' ? change.fit?.message : undefined
  return escapeLine(fit ? `${change.reason}: ${fit}` : change.reason)
}

function groupsOf(changes: readonly NodeChange[]): Group[] {
  const groups = new Map<string, string[]>()
  for (const change of changes) {
    const reason = reasonOf(change)
    const names = groups.get(reason)
    if (names) names.push(change.node)
    else groups.set(reason, [change.node])
  }
  return [...groups]
    .map(([reason, names]) => ({ reasons: reason === '' ? [] : [reason], names }))
    .sort((a, b) => b.names.length - a.names.length)
}

function section(kind: NodeChangeKind, changes: readonly NodeChange[], style: Style): Section {
  const { mark, note, tone, word } = looks[kind]
  return {
    mark,
    asciiMark: true,
    word,
    note,
    paint: style[tone],
    groups: groupsOf(changes.filter((change) => change.change === kind)),
  }
}

/** The answer, as a plan reads: what to add, replace and remove, and what stays. */
export function changesHeadline(
  { daemonSet }: PlacementPlan,
  { totals }: ChangePlan,
  { style }: TextOptions,
): string {
  const { add, replace, remove, unchanged, unplaceable } = totals
  const none = add + replace + remove === 0
  const parts = [`${add} to add`, `${replace} to replace`, `${remove} to remove`, `${unchanged} unchanged`]
  const answer = none ? style.good(`no change, ${unchanged} unchanged`) : style.warn(parts.join(', '))
  const room = unplaceable > 0 ? style.bad(`, ${unplaceable} will not fit`) : ''
  return `${style.bold(answer)}${room}: ${style.bold(objectName(daemonSet))}`
}

function notes(plan: ChangePlan, { width }: TextOptions): string[] {
  const lines: string[] = []
  if (plan.isNew) lines.push('It is not in the snapshot: everything is new.')
  if (plan.waitsForDelete) {
    lines.push('Its update strategy is OnDelete: a pod is replaced only once someone deletes it.')
  }
  if (plan.namespaceSelector) {
    const { annotation, text } = plan.namespaceSelector
    lines.push(`Its namespace adds the node selector ${text} (annotation ${annotation}).`)
  }
  return lines.flatMap((line) => wrapped(escapeLine(line), width))
}

/** What applying the manifest would change, node by node in groups; the answer first. */
export function changesSummary(plan: PlacementPlan, changes: ChangePlan, options: TextOptions): string {
  const sections = kinds.map((kind) => section(kind, changes.changes, options.style))
  const lines = [
    changesHeadline(plan, changes, options),
    ...notes(changes, options),
    ...sectionsText(sections, options),
  ]
  return `${lines.join('\n')}\n`
}

/** Every node with its change, in the input's order. */
export function changesTable({ changes }: ChangePlan, width: number | undefined): string {
  return table({
    head: ['', 'NODE', 'CHANGE', 'PODS', 'REASON'],
    rows: changes.map((change) => [
      looks[change.change].mark,
      escapeLine(change.node),
      looks[change.change].word,
      escapeLine(change.pods.join(',')) || '<none>',
      reasonOf(change) || '<none>',
    ]),
    width,
  })
}
