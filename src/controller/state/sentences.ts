import { roughDuration } from '#kube/duration.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { Fit } from '#scheduler/fit.ts'
import type { Shortage } from '#scheduler/shortages.ts'
import { gatesNotReady } from '../pod-state.ts'
import type { BareHold } from './types.ts'

/** What a hold means, in one sentence without a full stop. */
export function sentenceOf(hold: BareHold, daemonSet: DaemonSet, now: number): string {
  const { message } = hold
  const container = hold.container === undefined ? 'a container' : `container ${hold.container}`
  const for_ = hold.since !== undefined && hold.since <= now ? ` for ${roughDuration(now - hold.since)}` : ''
  const said = message === '' ? '' : `: ${message}`
  if (hold.side === 'admission')
    return `the API server ${hold.stuck ? 'refuses' : 'refused'} new pods${timesText(hold.times)}${said}`
  switch (hold.cause) {
    case 'image':
      return `image ${hold.image ?? `of ${container}`} cannot be pulled${said}`
    case 'config':
      return `${hold.container === undefined ? 'the pod' : container} cannot be set up${said}`
    case 'crash':
      return `${container} crashes${restartsText(hold.restarts)}${message === '' ? '' : `: ${message.replace(/^container \S+ ended with /, '')}`}`
    case 'not-ready':
      return hold.reason === gatesNotReady
        ? `the containers are ready, a readiness gate of the pod is not${said}`
        : `${container} runs and has not been ready${for_}${said}`
    case 'starting':
      return `starting${for_}${said}`
    case 'min-ready-seconds':
      return `ready, and counts as available after minReadySeconds (${daemonSet.spec?.minReadySeconds ?? 0} s)`
    case 'terminating':
      return `${hold.reason === 'Terminating' ? `terminating${for_}${hold.stuck ? ', long after its grace period' : ''}` : `ended (${hold.reason})${hold.stuck ? ', again and again' : ''}`}${said}`
    case 'pressure':
      return `evicted by the kubelet${said}`
    case 'node-gone':
      return 'the node is gone; the pod garbage collector removes the pod'
    case 'node-not-ready':
      return `node ${hold.reason === 'NodeUnreachable' ? 'unreachable' : 'not ready'}${for_}${orderText(hold)}${said}`
    case 'no-room':
      return roomText(hold)
    case 'not-created':
      return 'a pod is due, and the controller has not created it yet'
    default:
      return `${hold.reason}${said}`
  }
}

const timesText = (times: number | undefined) =>
  times === undefined ? '' : times === 1 ? ' (once)' : ` (${times} times)`

const restartsText = (restarts: number) =>
  restarts === 0 ? '' : `, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`

function orderText({ order }: BareHold): string {
  if (order === 'after') return ', since after it got the new revision'
  return order === 'before' ? ', since before it got the new revision' : ''
}

/** kds' numbers first, then the scheduler's own words. */
function roomText({ fit, message }: BareHold): string {
  const scheduler = message === '' ? '' : `; the scheduler says: ${message}`
  if (!fit) return message === '' ? 'the pod does not fit' : message
  if (fit.fits) return `there is room by now${scheduler}`
  if (fit.couldPreempt) return `room is being made${evictedText(fit)}`
  const users = fit.shortages.map(usersText).filter((text) => text !== '')
  return `does not fit: ${[fit.message, ...users].join('; ')}${scheduler}`
}

const evictedText = ({ evicts }: Fit) =>
  evicts.length === 0
    ? ', pods of lower priority are terminating'
    : `: ${evicts
        .slice(0, 3)
        .map(({ namespace, name }) => `${namespace}/${name}`)
        .join(
          ', ',
        )}${evicts.length > 3 ? ` and ${evicts.length - 3} more` : ''} of lower priority ${evicts.length === 1 ? 'is' : 'are'} evicted for it`

function usersText({ resource, usedBy }: Shortage): string {
  if (resource === 'pods') return ''
  const shown = usedBy.slice(0, 2).map(({ namespace, pod, amount }) => `${namespace}/${pod} ${amount.text}`)
  return shown.length === 0 ? '' : `${resource} is used most by ${shown.join(', ')}`
}
