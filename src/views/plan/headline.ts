import type { Style } from '#base/style.ts'
import { headLine } from '#base/wrap.ts'
import { counted, objectName } from '../names.ts'
import type { TextOptions } from '../sections.ts'
import { refusalLines } from './admission.ts'
import { isBlocked } from './blocked.ts'
import { evictionsText } from './evictions.ts'
import { groupCounts, type ShownPlan } from './groups.ts'
import { type GroupKey, type Look, looks } from './looks.ts'

/** A piece of the head line. */
interface HeadlinePart {
  readonly text: string
  readonly as: NonNullable<Look['told']>['as']
}

/** Groups of nodes on which something would be done, if it could. */
const needsPod: ReadonlySet<GroupKey> = new Set(['refused', 'maybe-refused', 'unplaceable'])

/** What the groups come to, in the order of the head line: changes, what stays, trouble. */
function partsOf(groups: ReturnType<typeof groupCounts>): HeadlinePart[] {
  const told = groups.flatMap(({ key, nodes }) => {
    const { told } = looks[key]
    return told ? [{ as: told.as, text: told.text(nodes) }] : []
  })
  const change = told.filter((part) => part.as === 'change')
  const rest = (as: HeadlinePart['as']) => told.filter((part) => part.as === as).reverse()
  const isCalm = change.length === 0 && !groups.some(({ key }) => needsPod.has(key))
  const none: HeadlinePart[] = isCalm ? [{ as: 'same', text: 'no change' }] : []
  return [...none, ...change, ...rest('same'), ...rest('trouble').reverse()]
}

const evictionParts = (changes: ShownPlan['changes']): HeadlinePart[] =>
  changes && changes.totals.evicted > 0 ? [{ as: 'trouble', text: evictionsText(changes) }] : []

const blockedParts = (changes: ShownPlan['changes']): HeadlinePart[] =>
  changes && isBlocked(changes) ? [{ as: 'trouble', text: 'update blocked' }] : []

/** The first line of a plan as its pieces: the answer, and the numbers of its groups. */
interface Headline {
  /** `no node matches: 0 of 40 nodes would run`; empty where the numbers are the answer. */
  readonly answer: string
  readonly good: boolean
  readonly name: string
  readonly parts: readonly HeadlinePart[]
}

/** What the first line says, whatever it is that is shown. */
export function headlineOf(shown: ShownPlan): Headline {
  const { plan, changes, compared } = shown
  const { run } = plan.count
  const name = objectName(plan.daemonSet)
  const counts = `${run} of ${counted(plan.nodes.length, 'node')} would run`
  const parts =
    changes || compared
      ? [...partsOf(groupCounts(shown)), ...blockedParts(changes), ...evictionParts(changes)]
      : []
  if (run === 0) return { answer: `no node matches: ${counts}`, good: false, name, parts }
  return { answer: parts.length > 0 ? '' : counts, good: true, name, parts }
}

const paintOf = (parts: readonly HeadlinePart[], style: Style): Style['bold'] =>
  parts.some((part) => part.as === 'change') ? style.warn : style.good

function partsText(parts: readonly HeadlinePart[], style: Style): string {
  const calm = parts.filter((part) => part.as !== 'trouble').map((part) => part.text)
  const trouble = parts.filter((part) => part.as === 'trouble').map((part) => part.text)
  const first = calm.length === 0 ? [] : [style.bold(paintOf(parts, style)(calm.join(', ')))]
  const last = trouble.length === 0 ? [] : [style.bold(style.bad(trouble.join(', ')))]
  return [...first, ...last].join(style.bold(style.bad(', ')))
}

/** The answer: the first line of a plan, after those that tell that its pods are refused. */
export function headline(shown: ShownPlan, options: TextOptions): string {
  const refused = refusalLines(shown.admission, shown.plan.daemonSet.namespace, options)
  return [...refused, numbersLine(shown, options)].join('\n')
}

function numbersLine(shown: ShownPlan, { style, width }: TextOptions): string {
  const { answer, good, name, parts } = headlineOf(shown)
  if (answer === '') return headLine(`${partsText(parts, style)}:`, name, width, style.bold)
  const [count = '', rest = ''] = answer.split(/ (?=would run$)/)
  const head = `${style.bold((good ? style.good : style.bad)(count))} ${rest}`
  if (parts.length === 0) return headLine(head, name, width, style.bold)
  return headLine(headLine(head, `${name},`, width, style.bold), partsText(parts, style), width)
}
