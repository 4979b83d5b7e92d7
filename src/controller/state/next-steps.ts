import { gatesNotReady } from '../pod-state.ts'
import { missingIn } from './missing.ts'
import type { Listed, NextStep } from './next-step.ts'
import type { BareHold, Hold, HoldCause } from './types.ts'

export interface Advice {
  /** Answers the revision to go back to; undefined: there is none. */
  readonly earlier: () => number | undefined
  /** What would give the rolling update room to pass by what is stuck; undefined: it needs none. */
  readonly raise: Extract<NextStep, { kind: 'raise-budget' }> | undefined
  /** It asks for more than any of the nodes has that still have the old pod. */
  readonly nowhere: boolean
  /** Whether a container of the template requests more of a resource than this quantity. */
  readonly requestsMore: (resource: string, than: string) => boolean
  readonly daemonSet: string
  readonly namespace: string
}

/** What to do about a hold, the most likely first. */
export function nextSteps(hold: BareHold, advice: Advice): NextStep[] {
  const undo = (): NextStep[] => {
    const earlier = hold.updated === false ? undefined : advice.earlier()
    return earlier === undefined ? [] : [{ kind: 'undo', toRevision: earlier }]
  }
  const [pod = ''] = hold.pods
  const [node = ''] = hold.nodes
  const describePod: NextStep[] = pod === '' ? [] : [{ kind: 'describe', what: 'pod', name: pod }]
  const describeNode: NextStep = { kind: 'describe', what: 'node', name: node }
  const raise: NextStep[] = advice.raise ? [advice.raise] : []
  switch (hold.side) {
    case 'admission':
      if (!hold.stuck) return [{ kind: 'wait' }]
      return [...admissionSteps(hold.cause, hold.object, hold.message, advice), ...undo()]
    case 'release':
      if (hold.reason === gatesNotReady) return [...undo(), ...describePod]
      if (hold.cause === 'crash' || hold.cause === 'not-ready') {
        const container = hold.container === undefined ? {} : { container: hold.container }
        return [...undo(), { kind: 'logs', pod, ...container, previous: hold.cause === 'crash' }]
      }
      return [...undo(), ...listsOf(hold.message), ...describePod]
    case 'nodes':
      if (hold.cause === 'node-gone') return [{ kind: 'wait' }]
      if (hold.cause !== 'node-not-ready') return [describeNode]
      return [
        ...(hold.order === 'after' ? undo() : []),
        { kind: 'delete-node', node, when: 'if the machine is gone for good' },
        ...raise,
        describeNode,
      ]
    case 'scheduling':
      return [
        ...(advice.nowhere ? undo() : roomSteps(hold)),
        ...(node === '' ? describePod : [{ kind: 'why' as const, node }]),
        ...raise,
      ]
    case 'time':
      return timeSteps(hold, pod, describePod, advice)
  }
}

const lists: Readonly<Record<string, Listed>> = { ConfigMap: 'configmaps', Secret: 'secrets' }

/** Where what is missing may be found by a name that is written a little differently. */
function listsOf(message: string): NextStep[] {
  const what = lists[missingIn(message)?.kind ?? '']
  return what ? [{ kind: 'list', what }] : []
}

const systemClass = 'system-node-critical'

/** A pod that may not preempt those that have the room gets a class that may. */
function roomSteps({ fit }: Pick<Hold, 'fit'>): NextStep[] {
  if (!fit || fit.fits || fit.couldPreempt || fit.priority.className === systemClass) return []
  const users = [
    ...fit.shortages.flatMap(({ usedBy }) => usedBy),
    ...fit.portConflicts.map(({ heldBy }) => heldBy),
  ]
  if (!users.some(({ priority }) => priority < systemPriority)) return []
  return [
    { kind: 'set-priority-class', className: systemClass, when: 'if it may push out less important pods' },
  ]
}

/** Of `system-node-critical`. */
const systemPriority = 2_000_001_000

function timeSteps(
  hold: BareHold,
  pod: string,
  describePod: readonly NextStep[],
  { daemonSet }: Advice,
): NextStep[] {
  if (hold.cause === 'not-created') return [{ kind: 'describe', what: 'daemonset', name: daemonSet }]
  if (hold.reason === gatesNotReady) return [...describePod]
  if (!hold.stuck)
    return hold.cause === 'not-ready' ? [{ kind: 'logs', pod, previous: false }] : [{ kind: 'wait' }]
  return hold.cause === 'terminating'
    ? [...describePod, { kind: 'delete-pod', pod, force: true, when: 'if its containers are gone' }]
    : [...describePod]
}

function admissionSteps(
  cause: HoldCause,
  object: string | undefined,
  message: string,
  { daemonSet, namespace, requestsMore }: Advice,
): NextStep[] {
  switch (cause) {
    case 'priority-class':
      return [
        { kind: 'list', what: 'priorityclasses' },
        ...(object
          ? [{ kind: 'create-priority-class' as const, name: object, when: 'if it is to exist' }]
          : []),
      ]
    case 'pod-security':
      return [
        {
          kind: 'allow-pod-security',
          level: object === 'baseline' || /host|privileged \(/.test(message) ? 'privileged' : 'baseline',
          when: 'if the namespace may run such pods',
        },
      ]
    case 'quota':
      return object ? [{ kind: 'describe', what: 'resourcequota', name: object }] : []
    case 'limit-range':
      return [...withinLimits(message, requestsMore), { kind: 'list', what: 'limitranges' }]
    case 'service-account':
      return object && /not found/.test(message)
        ? [{ kind: 'create-service-account', name: object }]
        : [{ kind: 'list', what: 'serviceaccounts' }]
    case 'runtime-class':
      return [
        { kind: 'list', what: 'runtimeclasses' },
        ...(object ? [{ kind: 'unset-runtime-class' as const, when: 'if it can do without' }] : []),
      ]
    case 'webhook':
      return [
        ...serviceCalled(message),
        { kind: 'list', what: 'validatingwebhookconfigurations,mutatingwebhookconfigurations' },
      ]
    case 'policy':
      return object ? [{ kind: 'describe', what: 'validatingadmissionpolicy', name: object }] : []
    case 'namespace':
      return [{ kind: 'describe', what: 'namespace', name: namespace }]
    case 'invalid':
      // The template was valid when it was stored: what a LimitRange has added to it is not.
      if (/\.resources\./.test(message)) return [{ kind: 'list', what: 'limitranges' }]
      return [{ kind: 'describe', what: 'daemonset', name: daemonSet }]
    default:
      return [{ kind: 'describe', what: 'daemonset', name: daemonSet }]
  }
}

/** `failed to call webhook: Post "https://NAME.NAMESPACE.svc:443/…": no endpoints available`: who does not answer. */
function serviceCalled(message: string): NextStep[] {
  const [, name, namespace] = /"https:\/\/([^./"]+)\.([^./"]+)\.svc[:/]/.exec(message) ?? []
  return name ? [{ kind: 'describe', what: 'service', name, namespace }] : []
}

/** `maximum cpu usage per Container is 1, but limit is 2`: the amounts that a LimitRange would take, of requests and of limits. */
function withinLimits(message: string, requestsMore: Advice['requestsMore']): NextStep[] {
  const rule =
    /(?:minimum|maximum) (\S+) usage per Container is ([^\s,]+?)(?:, but|\. {2}No) (request|limit) is/g
  const found = [...message.matchAll(rule)]
  return (['request', 'limit'] as const).flatMap((what) => {
    const amounts = found
      .filter(
        ([, resource = '', bound = '', of]) =>
          // No limit may be below the request, which the message then does not tell of.
          of === what || (what === 'request' && requestsMore(resource, bound)),
      )
      .map(([, resource, bound]) => `${resource}=${bound}`)
    return amounts.length === 0
      ? []
      : [{ kind: 'set-resources' as const, of: `${what}s` as const, amounts: amounts.join(',') }]
  })
}
