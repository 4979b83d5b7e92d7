import { describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { workspace } from '../../helpers/workspace.ts'

/* The cases of the preflight recording, from a snapshot of the objects that the server had. */

const cluster = 'test/fixtures/commands/preflight-cluster.yaml'
const plan = (file: string, namespace: string, ...more: string[]) =>
  kds([
    'plan',
    '-f',
    `test/fixtures/apiserver/preflight/${file}.yaml`,
    '-n',
    namespace,
    '--snapshot',
    cluster,
    ...more,
  ])

const firstLine = (out: string) => out.slice(0, out.indexOf('\n'))

describe('plan: pods that would not be admitted', () => {
  it.each([
    ['ds', 'strict', 'PodSecurity "restricted:latest": allowPrivilegeEscalation != false and 3 more'],
    ['ds-host', 'base', 'PodSecurity "baseline:latest": host namespaces'],
    ['ds-priv', 'base', 'PodSecurity "baseline:latest": privileged'],
    ['ds', 'poor', 'quota "q" must specify requests.cpu for: a'],
    ['ds-cpu', 'poor', 'quota "q" is used up (requests.cpu)'],
    ['ds-cpu', 'ranged', 'spec.containers[0].resources.requests would be invalid'],
    ['ds-prio', 'default', 'no PriorityClass "none"'],
    ['ds-sa', 'default', 'no ServiceAccount "none"'],
    ['ds-rc', 'default', 'no RuntimeClass "none"'],
  ])('%s in %s', async (file, namespace, why) => {
    const { out, exit } = await plan(file, namespace)
    expect(out.split('\n  ')[0]?.replaceAll('\n', ' ')).toBe(`0 of 3 pods would be admitted: ${why}`)
    expect(exit).toBe(0)
  })

  it('the server`s words and what to do follow, then the plan', async () => {
    const { out } = await plan('ds-prio', 'default')
    expect(out).toMatch(
      /^0 of 3 pods .*\n {2}pods "agent-" is forbidden: no PriorityClass with name none was found\n {2}create it first, .*\n3 refused: default\/agent\nIt is not .*\n\n! refused on 3 nodes: needs a pod, admission does not admit it\n/,
    )
  })

  it('is told in markdown, wide and documents', async () => {
    const markdown = await plan('ds-prio', 'default', '-o', 'markdown')
    expect(firstLine(markdown.out)).toBe('### 0 of 3 pods would be admitted: no PriorityClass "none"')
    expect(markdown.out).toContain('<br>3 refused: default/agent')
    const wide = await plan('ds-prio', 'default', '-o', 'wide')
    expect(firstLine(wide.out)).toBe('0 of 3 pods would be admitted: no PriorityClass "none"')
    const { out } = await plan('ds-prio', 'default', '-o', 'json')
    const [{ admission, nodes, summary }] = JSON.parse(out).items
    expect(summary.outcomes).toEqual({ refused: 3 })
    expect(nodes[0].change).toEqual({ kind: 'gain', outcome: 'refused', reason: 'no pod yet', pods: [] })
    expect(admission).toEqual({
      source: 'rules',
      allowed: false,
      message: 'pods "agent-" is forbidden: no PriorityClass with name none was found',
      pods: { wanted: 3, letIn: 0 },
    })
  })

  it.each([
    ['ds', 'default'],
    ['ds', 'base'],
    ['ds', 'ranged'],
  ])('%s in %s is admitted', async (file, namespace) => {
    const { out, err } = await plan(file, namespace)
    expect([firstLine(out), err]).toEqual([`3 to create: ${namespace}/agent`, ''])
  })

  it('a namespace that only warns', async () => {
    const { out, err } = await plan('ds-host', 'warned')
    expect(firstLine(out)).toBe('3 to create: warned/agent')
    expect(err).toBe(
      'Warning: would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)\n',
    )
  })

  it('what a LimitRange asks for a pod has to fit', async () => {
    const folder = workspace({
      'node.yaml':
        'apiVersion: v1\nkind: Node\nmetadata: {name: small}\nstatus: {allocatable: {cpu: 100m, memory: 1Gi, pods: "9"}}\n',
    })
    const { out } = await plan('ds', 'ranged', '--nodes', `${folder}/node.yaml`)
    expect(out).toContain('needs 200m, only 100m')
  })

  it('as many as there is quota for', async () => {
    const { out } = await plan('ds-some', 'poor')
    expect(firstLine(out)).toBe('2 of 3 pods would be admitted: quota "q" is used up (pods)')
    expect(out).toContain('\n3 maybe refused: poor/agent\n')
    expect(out).toContain(
      '! maybe refused on 3 nodes: 2 of 3 pods are admitted, which ones is left to chance\n',
    )
  })
})

describe('plan: what the server refuses of the DaemonSet itself', () => {
  it('no such namespace', async () => {
    const { out, err, exit } = await plan('ds', 'nons')
    expect([out, exit]).toEqual(['', 1])
    expect(err).toBe(
      'error: no plan was made: the API server would refuse the manifest: namespaces "nons" not found\n' +
        'hint: create it first: kubectl create namespace nons; or continue anyway with --force\n',
    )
  })
  it('--force goes on', async () => {
    const { out, exit } = await plan('ds', 'nons', '--force')
    expect([firstLine(out), exit]).toEqual(['0 of 3 pods would be admitted: no namespace "nons"', 0])
  })
  it('a changed selector', async () => {
    const { out, err, exit } = await plan(
      'ds-sel',
      'default',
      '--snapshot',
      'test/fixtures/apiserver/preflight/ds.yaml',
    )
    expect([out, exit]).toEqual(['', 1])
    expect(err).toContain(
      'DaemonSet.apps "agent" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    )
  })
})

describe('plan: what is not known is not judged', () => {
  const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n'
  const agent = (spec: string) =>
    `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: {matchLabels: {app: agent}}\n  template:\n    metadata: {labels: {app: agent}}\n    spec: {containers: [{name: a, image: i}], ${spec}}\n---\n`
  async function planned(manifest: string, snapshot: string) {
    const folder = workspace({ 'm.yaml': manifest, 's.yaml': node + snapshot })
    return kds(['plan', '-f', `${folder}/m.yaml`, '--snapshot', `${folder}/s.yaml`])
  }

  it('names the kinds of which the snapshot holds nothing', async () => {
    const { out } = await planned(
      agent('priorityClassName: x, serviceAccountName: x, runtimeClassName: x'),
      '',
    )
    expect(out.replaceAll('\n', ' ')).toContain(
      'Not judged: Namespaces (PodSecurity levels), PriorityClasses, ServiceAccounts, RuntimeClasses, LimitRanges, ResourceQuotas (the snapshot holds none).',
    )
    expect(out).toMatch(/^1 to create/)
  })
  it('what the manifest brings along is there', async () => {
    const others = [
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: x}',
      'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: x}\nvalue: 1',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: default}',
    ].join('\n---\n')
    const held =
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: y, namespace: default}\n'
    const { out, exit } = await planned(agent('priorityClassName: x, serviceAccountName: x') + others, held)
    expect([firstLine(out), exit]).toEqual(['1 to create: default/agent', 0])
    expect(out.replaceAll('\n', ' ')).toContain(
      'Not judged: LimitRanges, ResourceQuotas (the snapshot holds none).',
    )
  })
  it('some of a kind, and not this one, is missing', async () => {
    const held = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: y, namespace: elsewhere}\n'
    const { out } = await planned(agent('serviceAccountName: x'), held)
    expect(firstLine(out)).toBe('0 of 1 pod would be admitted: no ServiceAccount "x"')
  })
  it('nodes alone: nobody was asked', async () => {
    const folder = workspace({ 'm.yaml': agent('priorityClassName: x'), 's.yaml': node })
    const { out } = await kds(['plan', '-f', `${folder}/m.yaml`, '--nodes', `${folder}/s.yaml`, '-o', 'json'])
    expect(JSON.parse(out).items[0].admission).toEqual({ source: 'none', allowed: true })
  })
})
