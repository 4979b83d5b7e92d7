import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { corpusFolder, describeCorpus } from '../../helpers/corpus.ts'
import { kds } from '../../helpers/run.ts'

/*
 * Dumps of real clusters, read in place: which pods are there, and what the controller of that cluster counted.
 */
const bundles = `${corpusFolder}/bundles`

interface PlanDocument {
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  readonly summary: { readonly shouldRun: number; readonly changes?: Record<string, number> }
  readonly nodes: readonly {
    readonly name: string
    readonly shouldRun: boolean
    readonly shouldContinueRunning: boolean
    readonly change?: { readonly kind: string; readonly pods: readonly string[] }
  }[]
}

async function plans(argv: readonly string[], stdin = ''): Promise<PlanDocument[]> {
  const { out, err, exit } = await kds(['plan', ...argv, '-o', 'json'], { stdin })
  expect(err).not.toContain('internal error')
  expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' })
  return JSON.parse(out).items
}

const named = (items: readonly PlanDocument[], name: string) => {
  const found = items.find((item) => `${item.daemonSet.namespace}/${item.daemonSet.name}` === name)
  if (!found) throw new Error(`no plan of ${name}`)
  return found
}

const running = (plan: PlanDocument) => plan.nodes.filter((node) => node.shouldRun).map((node) => node.name)

/** Pods of a dump in JSON; its items carry no kind of their own. */
const podsIn = (path: string): Pod[] => JSON.parse(readFileSync(`${bundles}/${path}`, 'utf8')).items

const ownerOf = (pod: Pod) => pod.metadata?.ownerReferences?.find((owner) => owner.kind === 'DaemonSet')

const addedByController =
  /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|unschedulable|network-unavailable)$/

/**
 * The DaemonSet that a pod was made of, as far as the pod tells: the controller put its own node affinity in the place of
 * the required one, and added tolerations; the server added the token's volume.
 */
function rebuilt(pod: Pod): DaemonSet {
  const {
    'controller-revision-hash': _,
    'pod-template-generation': __,
    ...labels
  } = pod.metadata?.labels ?? {}
  const { nodeName: ___, affinity: ____, ...spec } = pod.spec ?? {}
  const tolerations = (spec.tolerations ?? []).filter(({ key }) => !addedByController.test(key ?? ''))
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: ownerOf(pod)?.name ?? '', namespace: pod.metadata?.namespace ?? '' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...spec, tolerations } },
    },
  }
}

function rebuiltList(pods: readonly Pod[]): string {
  const byOwner = new Map(pods.flatMap((pod) => (ownerOf(pod) ? [[ownerOf(pod)?.uid, pod] as const] : [])))
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...byOwner.values()].map(rebuilt) })
}

const withDaemonSets = [
  {
    cluster: 'aks-arena',
    daemonSets: 'kube-system__daemonsets.json',
    pods: 'kube-system__pods.json',
    expected: { 'kube-system/kube-proxy': 1, 'kube-system/omsagent': 1 },
  },
  {
    cluster: 'k8rs-kind-1.36',
    daemonSets: 'daemonsets.json',
    pods: 'kube-system-pods.json',
    expected: { 'kube-system/kindnet': 4, 'kube-system/kube-proxy': 4 },
  },
]

describeCorpus('dumps of real clusters', () => {
  describe.each(withDaemonSets)('$cluster', ({ cluster, daemonSets, pods, expected }) => {
    const files = ['-f', `${bundles}/${cluster}/${daemonSets}`]

    it('the plan counts what its controller counted, on the nodes where its pods are', async () => {
      const items = await plans([...files, '--nodes', `${bundles}/${cluster}/nodes.json`])
      for (const [name, count] of Object.entries(expected)) {
        const plan = named(items, name)
        const there = podsIn(`${cluster}/${pods}`).filter(
          (pod) => `kube-system/${ownerOf(pod)?.name}` === name,
        )
        expect(plan.summary.shouldRun).toBe(count)
        expect(running(plan).sort()).toEqual(there.map((pod) => pod.spec?.nodeName).sort())
      }
    })

    it('its own DaemonSets change nothing on the present state', async () => {
      const items = await plans([...files, '--snapshot', `${bundles}/${cluster}`])
      for (const [name, count] of Object.entries(expected)) {
        expect(named(items, name).summary.changes).toMatchObject({
          add: 0,
          replace: 0,
          remove: 0,
          unchanged: count,
        })
      }
    })
  })

  it('k8rs-kind-1.36: taints put on after the dump of broken-ds leave one node that runs it', async () => {
    const folder = `${bundles}/k8rs-kind-1.36`
    const items = await plans(['-f', `${folder}/daemonsets.json`, '--nodes', `${folder}/nodes.json`])
    const plan = named(items, 'default/broken-ds')
    expect(running(plan)).toEqual(['k8rs-worker'])
    const stays = plan.nodes.filter((node) => node.shouldContinueRunning && !node.shouldRun)
    expect(stays.map((node) => node.name)).toContain('k8rs-worker3')
  })

  it('kurl-support-bundle: DaemonSets rebuilt from their pods run on every node', async () => {
    const folder = `${bundles}/kurl-support-bundle`
    const pods = readdirSync(folder)
      .filter((file) => file.startsWith('pods__'))
      .flatMap((file) => podsIn(`kurl-support-bundle/${file}`))
    const items = await plans(['-f', '-', '--nodes', `${folder}/nodes.json`], rebuiltList(pods))
    expect(items.map((item) => item.daemonSet.name).sort()).toEqual([
      'engine-image-ei-d4c780c6',
      'envoy',
      'kube-proxy',
      'longhorn-csi-plugin',
      'longhorn-manager',
      'restic',
      'weave-net',
    ])
    for (const plan of items) {
      const there = pods.filter((pod) => ownerOf(pod)?.name === plan.daemonSet.name)
      expect(running(plan).sort()).toEqual(there.map((pod) => pod.spec?.nodeName).sort())
    }
  })

  it('honeycomb-eks-arm: what tolerates everything runs on the tainted nodes, the rest stays where it is', async () => {
    const folder = `${bundles}/honeycomb-eks-arm`
    const pods = podsIn('honeycomb-eks-arm/pods.json')
    const items = await plans(['-f', '-', '--nodes', `${folder}/nodes.json`], rebuiltList(pods))
    expect(items.map((item) => item.daemonSet.name).sort()).toEqual([
      'calico-node',
      'honeycomb-agent',
      'kube-proxy',
      'seashell',
      'speaker',
    ])
    const runsOnBoth = items.filter((plan) => running(plan).length === 2)
    expect(runsOnBoth.map((plan) => plan.daemonSet.name).sort()).toEqual(['calico-node', 'kube-proxy'])
    const kept = items.filter((plan) => plan.nodes[0]?.shouldContinueRunning && running(plan).length === 0)
    expect(kept.map((plan) => plan.daemonSet.name).sort()).toEqual(['honeycomb-agent', 'seashell'])
    // The dump's node has lost the label beta.kubernetes.io/os, which the speaker asks for.
    expect(named(items, 'metallb-system/speaker').summary.shouldRun).toBe(0)
  })

  it('docker-desktop: a dump without nodes is refused, and with its node changes nothing', async () => {
    const folder = `${bundles}/docker-desktop`
    const files = ['-f', `${folder}/kube-system__daemonsets.yaml`, '-f', `${folder}/default__daemonsets.yaml`]
    const refused = await kds(['plan', ...files, '--snapshot', folder])
    expect(refused).toMatchObject({ out: '', exit: 1 })
    expect(refused.err).toMatch(/^error: there is no Node in /)

    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'docker-desktop', labels: { 'kubernetes.io/os': 'linux' } },
    }
    const items = await plans([...files, '--snapshot', folder, '--nodes', '-'], JSON.stringify(node))
    for (const name of ['kube-system/kube-proxy', 'default/monitoring-prometheus-node-exporter']) {
      const plan = named(items, name)
      expect(plan.summary).toMatchObject({ shouldRun: 1, changes: { replace: 0, remove: 0, add: 0 } })
    }
  })
})
