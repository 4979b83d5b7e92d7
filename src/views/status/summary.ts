import { escapeLine } from '#base/escape.ts'
import type { RestartedPod } from '#controller/state/restarted.ts'
import { humanDuration } from '#kube/duration.ts'
import { counted } from '../names.ts'

/** How a roll-out that was followed to its end went. */
export interface Summary {
  /** Nodes updated while it was followed. */
  readonly nodes: number
  /** Milliseconds. */
  readonly took: number
  /** Nodes with an available pod when it was seen first. */
  readonly atFirst: number
  /** The fewest nodes with an available pod at any moment. */
  readonly fewest: number
  /** Undefined: that may not be read. */
  readonly restarted: readonly RestartedPod[] | undefined
}

const restartsOf = (pods: readonly RestartedPod[]) => pods.reduce((sum, { restarts }) => sum + restarts, 0)

/** `12 nodes in 1m11s, never fewer than 11 available, 1 restart` */
export function summaryText({ atFirst, fewest, nodes, restarted, took }: Summary): string {
  const restarts = restarted && restartsOf(restarted)
  const again =
    restarts === undefined ? '' : `, ${restarts === 0 ? 'no restarts' : counted(restarts, 'restart')}`
  // Where none was available at first, that there was a moment with none says nothing.
  const least =
    atFirst === 0
      ? ''
      : fewest === 0
        ? ', at times with none available'
        : `, never fewer than ${fewest} available`
  return `${counted(nodes, 'node')} in ${humanDuration(took)}${least}${again}`
}

/** Which pods restarted, in one sentence: `1 pod restarts: agent-x on node-1 (3 restarts, exit code 1)`. */
export function restartsText(pods: readonly RestartedPod[]): string {
  const one = ({ exit, node, pod, restarts }: RestartedPod) => {
    const code =
      exit === undefined
        ? ''
        : `, exit code ${exit.exitCode}${exit.reason === 'Error' ? '' : ` (${exit.reason})`}`
    return escapeLine(`${pod} on ${node} (${counted(restarts, 'restart')}${code})`)
  }
  const more = pods.length > 3 ? ` and ${pods.length - 3} more` : ''
  const verb = pods.length === 1 ? 'restarts' : 'restart'
  return `${counted(pods.length, 'pod')} ${verb}: ${pods.slice(0, 3).map(one).join(', ')}${more}`
}
