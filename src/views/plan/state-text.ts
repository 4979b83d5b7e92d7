import type { PodState, PodTrouble } from '#controller/pod-state.ts'
import { roughDuration } from '#kube/duration.ts'
import { counted } from '../names.ts'

/** Pods in the same trouble for the same reason have the same key, however long and however often. */
export function stateKey({ trouble, lastExit, deleted }: PodState): string {
  if (!trouble) return ''
  const { cause, reason, container = '' } = trouble
  const said = cause === 'crash' ? `${lastExit?.reason} ${lastExit?.exitCode}` : trouble.message
  const ownSaying = cause !== 'node-not-ready' && cause !== 'not-ready'
  return [cause, reason, container, ownSaying ? said : '', deleted !== undefined].join('\n')
}

const colon = (message: string) => (message === '' ? '' : `: ${message}`)

/** What is wrong, without how long and how often. */
const sentences: Readonly<Record<PodTrouble, (state: PodState, why: Why) => string>> = {
  crash: ({ lastExit }, { container, reason }) => {
    const who = container ?? lastExit?.container ?? ''
    if (!lastExit) return `container ${who}: ${reason}`
    const { exitCode } = lastExit
    const named = lastExit.reason === 'Error' ? '' : ` (${lastExit.reason})`
    return `container ${who} ends with exit code ${exitCode}${named}`
  },
  image: (_, { reason, message }) => reason + colon(message),
  config: (_, { reason, message }) => reason + colon(message),
  unschedulable: (_, { reason, message }) => message || reason,
  'not-ready': () => 'runs and is not ready',
  'node-not-ready': () => '',
  'node-gone': (_, { message }) => message,
  terminating: (_, { reason, message }) => (reason === 'Terminating' ? '' : reason + colon(message)),
  starting: (_, { reason, message }) => reason + colon(message),
  'min-ready-seconds': () => 'ready, waits for minReadySeconds',
}

type Why = NonNullable<PodState['trouble']>

/** The earliest of some moments, as a span up to now; empty where none is known. */
function spanOf(moments: readonly (number | undefined)[], now: number): string {
  const known = moments.filter((moment) => moment !== undefined && moment <= now) as number[]
  return known.length === 0 ? '' : ` for ${roughDuration(now - Math.min(...known))}`
}

function restartsText(states: readonly PodState[]): string {
  const most = Math.max(...states.map(({ restarts }) => restarts))
  if (most === 0) return ''
  const differ = states.some(({ restarts }) => restarts !== most)
  return `${differ ? 'up to ' : ''}${counted(most, 'restart')}`
}

/** Node trouble: `node-07 unreachable`. */
function nodeText({ trouble, node }: PodState, several: boolean): string {
  if (trouble?.cause !== 'node-not-ready') return ''
  return `${several ? 'node' : node} ${trouble.reason === 'NodeUnreachable' ? 'unreachable' : 'not ready'}`
}

/**
 * The trouble of pods that share their `stateKey`, in a sentence: `container agent ends with exit code 1, up to 14
 * restarts, not ready for 2 h`. Empty for pods that are fine.
 */
export function troubleText(states: readonly PodState[], now: number): string {
  const [first] = states
  if (!first?.trouble) return ''
  const several = states.length > 1
  const since = spanOf(
    states.map((state) => state.since),
    now,
  )
  const onNode = nodeText(first, several)
  if (first.deleted) {
    const leaving = spanOf(
      states.map(({ deleted }) => deleted?.at),
      now,
    )
    return [`terminating${leaving}`, ...(onNode === '' ? [] : [onNode])].join(', ')
  }
  if (onNode !== '') return onNode + since
  const { cause, side } = first.trouble
  const sentence = sentences[cause](first, first.trouble)
  const parts =
    side === 'time'
      ? [sentence + since, restartsText(states)]
      : [
          sentence,
          restartsText(states),
          since === '' ? '' : side === 'release' ? `not ready${since}` : since.trim(),
        ]
  return parts.filter((part) => part !== '').join(', ')
}

/** How one pod is: `ready for 3 h, 2 restarts`. */
export function stateText(state: PodState, now: number): string {
  if (state.trouble) return troubleText([state], now)
  return [`ready${spanOf([state.since], now)}`, restartsText([state])]
    .filter((part) => part !== '')
    .join(', ')
}
