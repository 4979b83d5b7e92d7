/** Why there is a pod on a node, or none, on a screen. */
import { escapeLine } from '#base/escape.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import type { OnNode, Standing } from '#controller/state/on-node.ts'
import { standings } from '#controller/state/on-node.ts'
import type { PodRow } from '#controller/state/types.ts'
import { roughDuration } from '#kube/duration.ts'
import { counted, objectName } from '../names.ts'
import { stateText } from '../plan/state-text.ts'
import { ruleLines } from '../plan/trace.ts'
import type { TextOptions } from '../sections.ts'
import { type NextCommand, nextCommands, nextLines } from '../state/next-lines.ts'
import { shellWord } from '../state/next-step.ts'
import { table } from '../table.ts'
import { remedyLines } from './remedies.ts'

type Tone = 'good' | 'bad' | 'warn' | 'dim'

const looks: Readonly<
  Record<Standing, { readonly word: string; readonly tone: Tone; readonly verdict: string }>
> = {
  missing: { word: 'missing', tone: 'bad', verdict: 'has no pod yet' },
  failing: { word: 'failing', tone: 'bad', verdict: 'has a pod in trouble' },
  leftover: { word: 'leftover', tone: 'warn', verdict: 'keeps a leftover pod' },
  'not-targeted': { word: 'not targeted', tone: 'warn', verdict: 'is not targeted' },
  underway: { word: 'starting', tone: 'warn', verdict: 'has a pod that is not ready yet' },
  ready: { word: 'ready', tone: 'good', verdict: 'runs its pod' },
}

const subjectOf = ({ state }: OnNode) => ({
  namespace: state.daemonSet.metadata?.namespace ?? '',
  name: state.daemonSet.metadata?.name ?? '',
})
const subjectText = (one: OnNode) => `${subjectOf(one).namespace}/${subjectOf(one).name}`
const nodeOf = ({ node }: OnNode) => node.metadata?.name ?? ''
const reasonsOf = ({ decision }: OnNode) => decision.reasons.map(({ message }) => message).join('; ')

/** How far a pod is, without what holds it. */
function podText({ phase, pod, revision, since, state, updated }: PodRow, now: number): string {
  const parts = [
    since === undefined || since > now ? phase : `${phase} for ${roughDuration(now - since)}`,
    ...(revision === undefined ? [] : [`revision ${revision}`]),
    ...(updated ? [] : ['outdated']),
    ...(state.restarts > 0 ? [counted(state.restarts, 'restart')] : []),
  ]
  return `pod ${pod.metadata?.name ?? ''}: ${parts.join(', ')}`
}

/** The one cause, in a sentence. */
export function causeOf(one: OnNode): string {
  const { decision, holds, row, state } = one
  const [pod] = row?.pods ?? []
  if (!decision.shouldRun) {
    if (!pod) return reasonsOf(one)
    const isLeaving = pod.phase === 'terminating' || !decision.shouldContinueRunning
    const fate = isLeaving ? 'it goes, and does not come back' : 'it stays, but would not be created again'
    return `${fate}: ${reasonsOf(one)}`
  }
  const [hold] = holds
  if (hold) return hold.sentence
  return pod ? stateText(pod.state, state.now) : 'a pod is due, and the controller has not created it yet'
}

/** What is kept of long lists, too: of gates and other conditions, Ready has the words. */
const toldConditions = new Set(['Ready', 'PodScheduled'])

/** Conditions of a pod that are not met, in Kubernetes' own words, unless they have been told already. */
const conditionLines = ({ pod }: PodRow, told: string): string[] =>
  (pod.status?.conditions ?? [])
    .filter(({ status, type }) => status !== 'True' && toldConditions.has(type ?? ''))
    .filter(({ message }) => !message || !told.includes(message))
    .map(({ type, status, reason, message }) => {
      const why = [reason, message].filter(Boolean).join(': ')
      return `condition ${type} is ${status}${why === '' ? '' : ` (${why})`}`
    })

const exitLines = ({ state: { lastExit } }: PodRow): string[] =>
  lastExit
    ? [`container ${lastExit.container} last ended with exit code ${lastExit.exitCode} (${lastExit.reason})`]
    : []

function podLines({ holds, row, state }: OnNode, { width }: TextOptions): string[] {
  const told = holds.map(({ sentence }) => sentence).join('\n')
  return (row?.pods ?? []).flatMap((pod) => [
    ...wrapped(escapeLine(podText(pod, state.now)), width, '  '),
    ...[...conditionLines(pod, told), ...exitLines(pod)].flatMap((line) =>
      wrapped(escapeLine(line), width, '    '),
    ),
  ])
}

/** What to do about the DaemonSet as far as this node is concerned; who asks why need not be told to ask. */
function stepsOf({ decision, holds, row, state }: OnNode): readonly NextCommand[] {
  if (!row) return []
  if (!decision.shouldRun && holds.length === 0) return row.pods.map((pod) => deletionOf(pod, state))
  const code = holds.length > 0 ? 'stuck' : state.verdict.code
  const here = { ...state, holds, rows: [row], verdict: { ...state.verdict, code } }
  return nextCommands(here).filter(({ command }) => !command.startsWith('kds why '))
}

const deletionOf = ({ facts }: PodRow, { daemonSet }: OnNode['state']): NextCommand => ({
  command: `kubectl delete pod ${shellWord(facts.name)} -n ${shellWord(daemonSet.metadata?.namespace ?? '')}`,
  when: 'if it is not to run here: it does not come back',
})

/** The last lines: what to do next. */
function lastLines(one: OnNode): string[] {
  if (one.standing === 'ready') return ['', 'Nothing to do.']
  const steps = stepsOf(one)
  if (steps.length > 0) return nextLines(steps)
  return one.remedies ? [] : ['', 'Wait: it resolves by itself.']
}

/** One DaemonSet on one node: the cause, its pods, the rules in order, and what would change the answer. */
export function whyText(one: OnNode, options: TextOptions): string {
  const { style, width } = options
  const { tone, verdict } = looks[one.standing]
  const [first = '', ...rest] = wrapped(
    escapeLine(`${nodeOf(one)} ${verdict} (${subjectText(one)}): ${causeOf(one)}`),
    width - 2,
  )
  const head = [style[tone](first), ...rest.map((line) => style[tone](`  ${line}`))]
  const more = one.holds
    .slice(one.decision.shouldRun ? 1 : 0)
    .flatMap(({ sentence }) => wrapped(escapeLine(sentence), width, '  '))
  return `${[
    ...head,
    ...more,
    ...podLines(one, options),
    ...ruleLines(one.decision, options),
    ...remedyLines(one.remedies, nodeOf(one), options),
    ...lastLines(one),
  ].join('\n')}\n`
}

const inOrder = (one: OnNode, other: OnNode) =>
  standings.indexOf(one.standing) - standings.indexOf(other.standing)

/** The answer of the table in a line: what is missing or failing first. */
function summaryLine(all: readonly OnNode[], { style, width }: TextOptions): string {
  const [first] = all
  const counts = standings.flatMap((standing) => {
    const count = all.filter((one) => one.standing === standing).length
    return count === 0 ? [] : [`${count} ${looks[standing].word}`]
  })
  const isBad = all.some(({ standing }) => standing === 'missing' || standing === 'failing')
  const node = first ? escapeLine(nodeOf(first)) : ''
  return headLine(
    `${style.bold(node)}: ${counted(all.length, 'DaemonSet')},`,
    style[isBad ? 'bad' : 'good'](counts.join(', ')),
    width,
  )
}

/** Every DaemonSet on one node: those that are missing, and why, first. */
export function whyTable(all: readonly OnNode[], wide: boolean, options: TextOptions): string {
  const sorted = [...all].sort(inOrder)
  const rows = sorted.map((one) => {
    const [pod] = one.row?.pods ?? []
    return [
      objectName(subjectOf(one)),
      looks[one.standing].word,
      ...(wide ? [escapeLine(pod?.pod.metadata?.name ?? '<none>'), String(pod?.revision ?? '<none>')] : []),
      String(pod?.state.restarts ?? 0),
      escapeLine(causeOf(one)),
    ]
  })
  const [worst] = sorted.filter(({ standing }) => standing !== 'ready')
  const { namespace, name } = subjectOf(worst ?? (sorted[0] as OnNode))
  const next = worst
    ? ['', 'What to do about the first of them:', `  kds why ${nodeOf(worst)} ${name} -n ${namespace}`]
    : ['', 'Nothing to do.']
  return `${[
    summaryLine(all, options),
    '',
    table({
      head: ['DAEMONSET', 'STATUS', ...(wide ? ['POD', 'REVISION'] : []), 'RESTARTS', 'WHY'],
      rows,
      right: [wide ? 4 : 2],
      width: wide && !options.symbols ? undefined : options.width,
    }).trimEnd(),
    ...next.map(escapeLine),
  ].join('\n')}\n`
}
