import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import type { NodeChange, NodeChangeKind } from '#controller/changes/node-change.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import { groupNodes, type PlacementPlan } from '#placement/plan.ts'
import type { Shortage } from '#scheduler/fit.ts'
import { preemptingPriority } from '#scheduler/preempting-priority.ts'
import { objectName } from '../names.ts'
import { type Group, type Section, sectionsText, type TextOptions } from '../sections.ts'
import { table } from '../table.ts'
import { groupReasons } from './reason-text.ts'

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
  return `${mark} ${[word, ...reasonsOf(change)].join(': ')}`.trimStart()
}

const shownUsers = 3

/** Who holds what a pod wants: `cpu is used by batch/train-0 6, kube-system/cni-x 250m and 4 more`. */
function usersText({ resource, usedBy }: Shortage): string {
  const shown = usedBy.slice(0, shownUsers).map((user) => `${user.namespace}/${user.pod} ${user.amount.text}`)
  const more = usedBy.length > shown.length ? ` and ${usedBy.length - shown.length} more` : ''
  return `${resource} is used by ${shown.join(', ')}${more}`
}

/** What a pod that will not fit runs into: the users of what it lacks, and what its priority would let it do. */
function fitReasons({ fit }: NodeChange): string[] {
  if (!fit || fit.fits) return []
  const users = fit.shortages.filter((shortage) => shortage.usedBy.length > 0).map(usersText)
  const above = preemptingPriority(fit)
  const has = `its priority is ${fit.priority.value}`
  if (fit.couldPreempt) return [...users, has]
  return [
    ...users,
    above === null
      ? `${has}, and none would let it preempt enough`
      : `${has}, one above ${above} would preempt`,
  ]
}

/** Why a node changes, a line each; the first is the sentence. */
export function reasonsOf(change: NodeChange): string[] {
  const sentence = change.reason === '' ? [] : [change.reason]
  return [...sentence, ...(change.change === 'unplaceable' ? fitReasons(change) : [])].map(escapeLine)
}

function groupsOf(changes: readonly NodeChange[]): Group[] {
  const groups = new Map<string, { reasons: string[]; names: string[] }>()
  for (const change of changes) {
    const reasons = reasonsOf(change)
    const key = reasons.join('\n')
    const group = groups.get(key)
    if (group) group.names.push(change.node)
    else groups.set(key, { reasons, names: [change.node] })
  }
  return [...groups.values()].sort((a, b) => b.names.length - a.names.length)
}

/** Nodes without a pod, by what placement has against one. */
function untouchedGroups(plan: PlacementPlan, changes: readonly NodeChange[]): Group[] {
  const names = new Set(changes.map((change) => change.node))
  return groupNodes(plan.nodes.filter((node) => names.has(node.name)))
    .map((group) => ({ reasons: groupReasons(group), names: group.nodes.map((node) => node.name) }))
    .sort((a, b) => b.names.length - a.names.length)
}

function section(
  plan: PlacementPlan,
  kind: NodeChangeKind,
  all: readonly NodeChange[],
  style: Style,
): Section {
  const changes = all.filter((change) => change.change === kind)
  const { mark, note, tone, word } = looks[kind]
  return {
    mark,
    asciiMark: true,
    word,
    note,
    paint: style[tone],
    groups: kind === 'none' ? untouchedGroups(plan, changes) : groupsOf(changes),
  }
}

/** The answer, as a plan reads: what to add, replace and remove, and what stays. */
export function changesHeadline(
  { daemonSet }: PlacementPlan,
  { totals }: ChangePlan,
  { style, width }: TextOptions,
): string {
  const { add, replace, remove, unchanged, unplaceable } = totals
  const none = add + replace + remove === 0
  const parts = [`${add} to add`, `${replace} to replace`, `${remove} to remove`, `${unchanged} unchanged`]
  const answer = none ? style.good(`no change, ${unchanged} unchanged`) : style.warn(parts.join(', '))
  const room = unplaceable > 0 ? style.bad(`, ${unplaceable} will not fit`) : ''
  return headLine(`${style.bold(answer)}${room}:`, objectName(daemonSet), width, style.bold)
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
  const sections = kinds.map((kind) => section(plan, kind, changes.changes, options.style))
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
      reasonsOf(change).join('; ') || '<none>',
    ]),
    width,
  })
}
