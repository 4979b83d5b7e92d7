import { escapeLine } from '#base/escape.ts'
import { wrapped } from '#base/wrap.ts'
import type { DaemonSetState, Health, Hold } from '#controller/state/types.ts'
import { wavesGoingOn } from '#controller/waves/annotations.ts'
import { counted, sampleNames } from '../names.ts'
import { wavesCommands } from '../state/next-lines.ts'
import { type StepSubject, shellWord, stepCommand } from '../state/next-step.ts'

/** Why a roll-out does not go on, in a sentence; undefined while it moves. */
function healthText(health: Health): string | undefined {
  switch (health) {
    case 'moving':
      return undefined
    case 'release':
      return 'the roll-out cannot finish: new pods fail, and waiting will not help'
    case 'admission':
      return 'the roll-out cannot finish: the API server refuses new pods, and waiting will not help'
    case 'nodes':
      return 'the roll-out is blocked by nodes: the new pods are healthy'
  }
}

/** The one sentence that comes first about a roll-out that does not go on, or will not come to its end; undefined otherwise. */
export function whyText({ finishes, health, holds }: DaemonSetState): string | undefined {
  const waits = holds.some(({ side, stuck }) => side === 'admission' && !stuck)
  const why = healthText(health) ?? (waits ? 'the roll-out waits for the controller to try again' : undefined)
  if (why !== undefined || finishes.can) return why
  return finishes.why === 'on-delete'
    ? finishes.sentence
    : `the roll-out ${finishes.why === 'budget' ? '' : 'continues, but '}cannot finish by itself: ${finishes.sentence}`
}

/** A pod that runs and is not ready for longer than this is worth a word. Milliseconds. */
const patience = 30_000

/** What has to be told: all that does not pass by itself, and pods that have been running for a while and do not become ready. */
export const toldHolds = ({ holds, now }: DaemonSetState): readonly Hold[] =>
  holds.filter(
    ({ cause, side, since, stuck }) =>
      side !== 'time' || stuck || (cause === 'not-ready' && now - (since ?? 0) >= patience),
  )

/** How a node is whose pod is held by it. */
const nodeStates: Readonly<Record<string, string>> = {
  NodeUnreachable: 'unreachable',
  NodeNotReady: 'unready',
}

/** `ImagePullBackOff: 2 new pods on node-1, node-2: not found`, `1 old pod on unreachable node-07: since 2 h …`. */
export function holdLine(hold: Hold): string {
  const { message, nodes, pods, reason, restarts, sentence, side, updated } = hold
  const state = nodeStates[reason]
  const where = nodes.length > 0 ? ` on ${state ? `${state} ` : ''}${sampleNames(nodes, 60)}` : ''
  if (side === 'admission') {
    const lacking = nodes.length > 0 ? `${counted(nodes.length, 'node')} without a pod: ` : ''
    return `${escapeLine(reason)}: ${lacking}${escapeLine(sentence)}`
  }
  if (pods.length === 0)
    return `${escapeLine(reason)}: ${counted(nodes.length, 'node')} without a pod${where}`
  const again = restarts > 0 ? `, ${counted(restarts, 'restart')}` : ''
  const count = `${counted(pods.length, updated ? 'new pod' : 'old pod')}${where}${again}`
  const said = toldOf(hold)
  const all = said === '' ? count : `${count}: ${escapeLine(said)}`
  return state && nodes.length > 0 ? all : `${escapeLine(reason)}: ${all}`

  function toldOf({ cause, order }: Hold): string {
    if (cause === 'no-room' || cause === 'not-ready' || side === 'time') return sentence
    return cause === 'node-not-ready' && order === 'after' ? sentence : message
  }
}

/** What to do about a hold, one command a line, with the condition under which it is right behind it. */
export function stepLines({ next }: Pick<Hold, 'next'>, subject: StepSubject): string[] {
  return next.flatMap((step) => {
    const command = stepCommand(step, subject)
    if (command === undefined) return []
    return [step.when === undefined ? command : `${command}  # ${step.when}`]
  })
}

const most = 10

/** Each hold on a line, wrapped, with what to do about it below, a command a line. Commands stay whole, to be copied. */
export function holdLines(state: DaemonSetState, width = Number.POSITIVE_INFINITY, shown = most): string[] {
  const subject = {
    namespace: state.daemonSet.metadata?.namespace ?? '',
    name: state.daemonSet.metadata?.name ?? '',
  }
  const told = toldHolds(state)
  const lines = told
    .slice(0, shown)
    .flatMap((hold) => [
      ...wrappedTo(holdLine(hold), width, '  '),
      ...stepLines(hold, subject).map((line) => `    ${line}`),
    ])
  const more = told
    .slice(shown)
    .reduce((sum, { pods, nodes }) => sum + Math.max(pods.length, nodes.length), 0)
  return more > 0 ? [...lines, `  and ${counted(more, 'more pod')}`] : lines
}

const wrappedTo = (text: string, width: number, indent: string) =>
  width === Number.POSITIVE_INFINITY ? [`${indent}${text}`] : wrapped(text, width, indent)

/**
 * `budget 1 of 1 used by agent-x on node-07 (terminating, node unreachable 2 h)`; undefined where no old pod waits to be replaced.
 * Brief, it names only who keeps it.
 */
export function budgetLine({ budget, counters }: DaemonSetState, brief = false): string | undefined {
  if (!budget || counters.updated >= counters.current) return undefined
  const { allowed, rule, used } = budget
  const word = rule === 'maxSurge' ? 'surge' : 'budget'
  const head = `${word} ${used.length} of ${allowed} used`
  if (used.length === 0 || (brief && used.every(({ stuck }) => !stuck))) return head
  const names = used
    .slice(0, 3)
    .map(({ node, pod, why }) => `${pod === undefined ? '' : `${pod} on `}${node} (${why})`)
  const more = used.length > 3 ? ` and ${used.length - 3} more` : ''
  return escapeLine(`${head} by ${names.join(', ')}${more}`)
}

/** `it cannot finish by itself: 5 nodes keep the old revision`, where the allowance is used up for ever. */
export function endlessLines({ finishes, health }: DaemonSetState): string[] {
  // Where nothing else is wrong, the first sentence says so.
  if (finishes.can || finishes.why !== 'budget' || health === 'moving') return []
  const { waiting } = finishes
  return [
    `it cannot finish by itself: ${counted(waiting, 'node')} ${waiting === 1 ? 'keeps' : 'keep'} the old revision`,
  ]
}

/** Everything about a roll-out that does not go on: why, what holds it with what to do, and who uses up the budget. Empty while it moves. */
export function explanation(state: DaemonSetState, width?: number): string {
  const why = whyText(state)
  if (why === undefined) return ''
  const budget = state.budget && state.budget.used.length > 0 ? budgetLine(state) : undefined
  const { metadata } = state.daemonSet
  const waves = wavesGoingOn(state.daemonSet)
  const target = `${shellWord(`ds/${metadata?.name}`)} -n ${shellWord(metadata?.namespace ?? '')}`
  return [
    escapeLine(why),
    ...(waves ? wavesCommands(waves, target).map(({ command, when }) => `    ${command}  # ${when}`) : []),
    ...holdLines(state, width),
    ...(budget === undefined ? [] : wrappedTo(budget, width ?? Number.POSITIVE_INFINITY, '  ')),
    ...endlessLines(state).map((line) => `  ${line}`),
  ].join('\n')
}
