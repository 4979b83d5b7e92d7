import type { JsonObject } from '#base/json.ts'
import { boolIn, objectIn, stringIn, textIn } from '#kube/read.ts'
import { besideOf, classesOf, containersOf, inPod, isSystem, onlyWaits, paste, set } from '../subject.ts'
import type { Checks } from '../types.ts'

/** The names in `requests` and `limits`. */
const amounts = (holder: JsonObject, kind: string) => objectIn(objectIn(holder, 'resources'), kind)
const reserves = (holder: JsonObject) =>
  ['cpu', 'memory'].some((name) => name in amounts(holder, 'requests') || name in amounts(holder, 'limits'))

/** What the pod is worth beside others: requests and priority. */
export const standing: Checks = {
  'no-requests': {
    severity: 'warning',
    why: 'A node short of memory kills pods without requests first, and the scheduler counts their room as free.',
    find(subject) {
      const all = containersOf(subject.pod, ['containers'])
      const without = all.filter(({ container }) => !reserves(container) && !onlyWaits(container))
      const [first] = without
      if (!first || reserves(subject.pod) || besideOf(subject, 'LimitRange').length > 0) return
      const names = without.map(({ container }) => stringIn(container, 'name')).join(', ')
      const none = without.length === all.length
      return {
        path: [...first.path, 'resources'],
        message: `nothing is reserved${none ? ' for the pod' : ''}: ${names} ${without.length === 1 ? 'requests' : 'request'} neither cpu nor memory`,
        severity: none ? 'warning' : 'info',
        fix: paste('request what it uses: see kubectl top pods --containers', first.path, {
          resources: { requests: { cpu: '50m', memory: '64Mi' } },
        }),
      }
    },
  },
  'limits-only': {
    severity: 'info',
    why: 'A limit without a request is taken for the request, and reserved on every node.',
    *find({ pod }) {
      for (const { container, path } of containersOf(pod)) {
        const [limits, requests] = [amounts(container, 'limits'), amounts(container, 'requests')]
        const names = ['cpu', 'memory'].filter((name) => name in limits && !(name in requests))
        const [first] = names
        if (first === undefined) continue
        const missing = Object.fromEntries(names.map((name) => [name, limits[name] ?? null]))
        const at = [...path, 'resources', 'requests']
        const words = names.map((name) => `${textIn(limits, name)} ${name}`).join(' and ')
        const whole = set('write the request down, or a smaller one', at, { ...requests, ...missing })
        const edits = Object.entries(missing).map(([name, value]) => ({ path: [...at, name], value }))
        yield {
          path: [...path, 'resources', 'limits', first],
          message: `${stringIn(container, 'name')} has a limit and no request: ${words} are reserved on every node`,
          fix: Object.keys(requests).length === 0 ? whole : { ...whole, edits },
        }
      }
    },
  },
  'no-priority': {
    severity: 'info',
    why: 'On a node full of pods of the same priority a daemon pod stays Pending, and it has no other node to go to.',
    find(subject) {
      if (stringIn(subject.pod, 'priorityClassName') !== '') return
      if (classesOf(subject).some((one) => boolIn(one as JsonObject, 'globalDefault'))) return
      return {
        path: inPod('priorityClassName'),
        message: 'no priorityClassName: its priority is 0, that of any pod',
        fix: paste('give it a class above that of the workloads', inPod(), {
          priorityClassName: 'system-node-critical',
        }),
      }
    },
  },
  'system-priority': {
    severity: 'info',
    why: 'Some clusters (GKE is one) let system-node-critical and system-cluster-critical into kube-system only, unless a ResourceQuota allows them.',
    fix: 'add a ResourceQuota whose scopeSelector names the class, or a class of your own',
    find(subject) {
      const { namespace, pod } = subject
      if (!isSystem(pod) || ['', 'kube-system'].includes(namespace)) return
      if (besideOf(subject, 'ResourceQuota').length > 0) return
      return {
        path: inPod('priorityClassName'),
        message: `${stringIn(pod, 'priorityClassName')} is asked for in the namespace ${namespace}`,
      }
    },
  },
}
