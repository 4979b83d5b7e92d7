import { defaultPullPolicy } from '#apiserver/defaults/pod-spec.ts'
import { type JsonObject, sameJson } from '#base/json.ts'
import { boolIn, listIn, objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { DaemonSet, LabelSelector, PodSpec, StringMap } from '#kube/types.ts'
import { planPlacement } from '#placement/plan.ts'
import { hostPorts, portsConflict } from '#scheduler/host-ports.ts'
import { besideOf, containersOf, inPod, isSystem, paste } from '../subject.ts'
import type { Checks, Subject } from '../types.ts'

/** Names of Services as programs write them. */
const asksClusterDns = (pod: JsonObject) =>
  containersOf(pod, ['containers']).some(({ container }) =>
    [
      ...listIn(container, 'command'),
      ...listIn(container, 'args'),
      ...objectsIn(container, 'env').map((variable) => stringIn(variable, 'value')),
    ].some((text) => /\.svc\b/.test(String(text))),
  )

const isPrivileged = (container: JsonObject) => boolIn(objectIn(container, 'securityContext'), 'privileged')

/** Variables whose values are secrets by their names. */
const secretName =
  /(^|_)(PASSWORD|PASSWD|TOKEN|SECRET|SECRET_?KEY|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|LICENSE_?KEY)$/i
/** Paths, references and what stands for a value to come. */
const noSecret = /^$|^\.{0,2}\/|^\w+:\/\/|[${<]|^(true|false|\d+)$/i

const chooses = ({ spec }: DaemonSet) => {
  const { nodeSelector = null, affinity = null } = spec?.template?.spec ?? {}
  return JSON.parse(JSON.stringify([nodeSelector, affinity]))
}

/** Do both run on one node? Without nodes only two that ask for the same nodes are sure to. */
function meet({ cluster, daemonSet }: Subject, other: DaemonSet): boolean {
  if (!cluster) return sameJson(chooses(daemonSet), chooses(other))
  return planPlacement(other, cluster.targets, 'default').count.run > 0
}

/** What the pod asks for and how it runs. */
export const pods: Checks = {
  'dns-policy': {
    severity: 'info',
    why: 'With hostNetwork the resolver of the node is asked, which does not know the cluster.',
    find({ pod }) {
      const policy = stringIn(pod, 'dnsPolicy')
      if (!boolIn(pod, 'hostNetwork') || !['', 'ClusterFirst'].includes(policy)) return
      const asks = asksClusterDns(pod)
      // What sets nodes up, or is needed by every node to work at all, comes before the cluster's DNS.
      if (!asks && (isSystem(pod) || containersOf(pod).some(({ container }) => isPrivileged(container))))
        return
      return {
        path: inPod(policy === '' ? 'hostNetwork' : 'dnsPolicy'),
        message: asks
          ? 'it asks for Services by name (.svc), which a pod on hostNetwork cannot resolve with dnsPolicy ClusterFirst'
          : 'on hostNetwork dnsPolicy ClusterFirst means Default: names of Services do not resolve',
        severity: asks ? 'warning' : 'info',
        fix: paste('ask the cluster first, or write Default if names of Services are not needed', inPod(), {
          dnsPolicy: 'ClusterFirstWithHostNet',
        }),
      }
    },
  },
  'latest-tag': {
    severity: 'warning',
    why: 'Nodes that join later run another image under the same revision, and a rollback does not bring the old one back.',
    fix: 'name a version, best with its digest',
    *find({ pod }) {
      for (const { container, path } of containersOf(pod)) {
        const image = stringIn(container, 'image')
        if (image !== '' && defaultPullPolicy(image) === 'Always')
          yield { path: [...path, 'image'], message: `the image ${image} has no fixed tag` }
      }
    },
  },
  'default-namespace': {
    severity: 'info',
    why: 'Quotas, PodSecurity levels, LimitRanges and rights are given by namespace: a DaemonSet needs others than what is in default.',
    fix: 'give it a namespace of its own',
    find: ({ namespace }) =>
      namespace === 'default' && {
        path: ['metadata', 'namespace'],
        message: 'it is in the namespace default',
      },
  },
  'secret-literal': {
    severity: 'warning',
    why: 'Anyone who can read the DaemonSet or one of its revisions can read the value, as long as the history keeps it.',
    *find({ pod }) {
      for (const { container, path } of containersOf(pod))
        for (const [index, variable] of objectsIn(container, 'env').entries()) {
          const name = stringIn(variable, 'name')
          if (!secretName.test(name) || noSecret.test(stringIn(variable, 'value'))) continue
          const ref = { name, valueFrom: { secretKeyRef: { name: 'NAME', key: 'KEY' } } }
          yield {
            path: [...path, 'env', index, 'name'],
            message: `the value of ${name} is in the template`,
            hidden: true,
            fix: paste('take it from a Secret', path, { env: [ref] }),
          }
        }
    },
  },
  'pdb-on-daemonset': {
    severity: 'info',
    why: 'kubectl drain skips daemon pods, and roll-outs do not ask the budget.',
    fix: 'set updateStrategy.rollingUpdate.maxUnavailable instead',
    *find(subject) {
      const labels = objectIn(objectIn(subject.template, 'metadata'), 'labels') as StringMap
      for (const pdb of besideOf(subject, 'PodDisruptionBudget')) {
        const selector = objectOrNone(objectIn(pdb as JsonObject, 'spec'), 'selector')
        if (!selector || !labelSelector(selector as LabelSelector).matches(labels)) continue
        const message = `the PodDisruptionBudget ${pdb.metadata?.name} is aimed at daemon pods`
        yield { path: ['spec', 'selector'], message }
      }
    },
  },
  'hostport-conflict': {
    severity: 'error',
    why: 'A host port can be used once per node: one of the two pods stays Pending forever.',
    fix: 'give one of them another port, or keep them on different nodes',
    *find(subject) {
      const ports = hostPorts(subject.pod as PodSpec)
      for (const other of subject.others) {
        const theirs = hostPorts(other.spec?.template?.spec)
        const clash = ports.find((one) => theirs.some((their) => portsConflict(one, their)))
        if (!clash || !meet(subject, other)) continue
        const message = `it holds port ${clash.port} of the node, and so does the DaemonSet ${other.metadata?.name}`
        yield { path: inPod('containers'), part: 'key', message }
      }
    },
  },
}
