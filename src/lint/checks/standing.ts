import type { JsonObject } from '#base/json.ts'
import { boolIn, objectIn, stringIn, textIn } from '#kube/read.ts'
import type { KubeObject } from '#kube/types.ts'
import { containersOf, onlyWaits, paste, podPath, set } from '../subject.ts'
import type { Check, Found, Subject } from '../types.ts'

const home = ({ metadata }: KubeObject) => metadata?.namespace || 'default'

/** The objects of a kind in the same namespace, in the same files. */
export const besideOf = ({ beside, written }: Subject, kind: string) =>
  beside.filter((one) => one.kind === kind && home(one) === home(written))

export const isSystem = (pod: JsonObject) =>
  /^system-(node|cluster)-critical$/.test(stringIn(pod, 'priorityClassName'))

/** The names in `requests` and `limits`. */
const amounts = (holder: JsonObject, kind: string) => objectIn(objectIn(holder, 'resources'), kind)
const reserves = (holder: JsonObject) =>
  ['cpu', 'memory'].some((name) => name in amounts(holder, 'requests') || name in amounts(holder, 'limits'))

function* noRequests(subject: Subject): Iterable<Found> {
  const { pod } = subject
  const all = containersOf(pod, ['containers'])
  const without = all.filter(({ container }) => !reserves(container) && !onlyWaits(container))
  const [first] = without
  if (!first || reserves(pod) || besideOf(subject, 'LimitRange').length > 0) return
  const names = without.map(({ container }) => stringIn(container, 'name')).join(', ')
  yield {
    path: [...first.path, 'resources'],
    message: `${without.length === all.length ? 'nothing is reserved for the pod' : 'nothing is reserved'}: ${names} ${without.length === 1 ? 'requests' : 'request'} neither cpu nor memory`,
    severity: without.length === all.length ? 'warning' : 'info',
    fix: paste('request what it takes: kubectl top pods --containers tells', first.path, {
      resources: { requests: { cpu: '50m', memory: '64Mi' } },
    }),
  }
}

function* limitsOnly({ pod }: Subject): Iterable<Found> {
  for (const { container, path } of containersOf(pod)) {
    const [limits, requests] = [amounts(container, 'limits'), amounts(container, 'requests')]
    const names = ['cpu', 'memory'].filter((name) => name in limits && !(name in requests))
    const [first] = names
    if (first === undefined) continue
    const value = { ...requests, ...Object.fromEntries(names.map((name) => [name, limits[name] ?? null])) }
    const at = [...path, 'resources', 'requests']
    const words = names.map((name) => `${textIn(limits, name)} ${name}`).join(' and ')
    const whole = set('write the request down, or a smaller one', at, value)
    yield {
      path: [...path, 'resources', 'limits', first],
      message: `${stringIn(container, 'name')} has a limit and no request: ${words} are reserved on every node`,
      fix:
        Object.keys(requests).length === 0
          ? whole
          : { ...whole, edits: names.map((name) => ({ path: [...at, name], value: limits[name] ?? null })) },
    }
  }
}

function* priority(subject: Subject): Iterable<Found> {
  const { beside, cluster, pod } = subject
  const classes = [
    ...beside.filter(({ kind }) => kind === 'PriorityClass'),
    ...(cluster?.priorityClasses ?? []),
  ]
  if (
    stringIn(pod, 'priorityClassName') !== '' ||
    classes.some((one) => boolIn(one as JsonObject, 'globalDefault'))
  )
    return
  yield {
    path: [...podPath, 'priorityClassName'],
    message: 'no priorityClassName: its priority is 0, that of any pod',
    fix: paste('give it a class above that of the workloads', podPath, {
      priorityClassName: 'system-node-critical',
    }),
  }
}

/** What the pod is worth beside others: requests and priority. */
export const standing: readonly Check[] = [
  {
    id: 'no-requests',
    severity: 'warning',
    why: 'A node that runs short of memory ends first what has reserved nothing, and the scheduler takes its room for free.',
    find: noRequests,
  },
  {
    id: 'limits-only',
    severity: 'info',
    why: 'A limit without a request is taken for the request, and reserved on every node.',
    find: limitsOnly,
  },
  {
    id: 'no-priority',
    severity: 'info',
    why: 'On a node full of pods of the same priority a daemon pod stays Pending, and it has no other node to go to.',
    find: priority,
  },
  {
    id: 'system-priority',
    severity: 'info',
    why: 'Some clusters (GKE is one) let system-node-critical and system-cluster-critical into kube-system only, unless a ResourceQuota allows them.',
    find: (subject) => {
      const { namespace, pod } = subject
      if (
        !isSystem(pod) ||
        ['', 'kube-system'].includes(namespace) ||
        besideOf(subject, 'ResourceQuota').length > 0
      )
        return []
      const message = `${stringIn(pod, 'priorityClassName')} is asked for in the namespace ${namespace}`
      return [
        {
          path: [...podPath, 'priorityClassName'],
          message,
          fix: { text: 'add a ResourceQuota whose scopeSelector names the class, or a class of your own' },
        },
      ]
    },
  },
]
