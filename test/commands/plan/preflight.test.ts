import { writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lastAppliedAnnotation } from '#kube/annotations.ts'
import { kubeconfigOf } from '../../helpers/kubeconfig.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { json, type Script, testServer } from '../../helpers/scripted-server.ts'
import { workspace } from '../../helpers/workspace.ts'

/* A live plan asks the server about a pod and the DaemonSet in dry runs. The answers are those of a v1.36.2 server. */

type Answer = ReturnType<typeof json>

const status = (code: number, reason: string, message: string, details?: object): Answer =>
  json({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code, details }, code)

const listsOf: Record<string, [kind: string, apiVersion: string]> = {
  nodes: ['Node', 'v1'],
  pods: ['Pod', 'v1'],
  controllerrevisions: ['ControllerRevision', 'apps/v1'],
  limitranges: ['LimitRange', 'v1'],
  resourcequotas: ['ResourceQuota', 'v1'],
  priorityclasses: ['PriorityClass', 'scheduling.k8s.io/v1'],
}

const node = (name: string) => ({
  metadata: { name, uid: name },
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
})

interface World {
  /** Objects by path, beside the nodes; a list by its plural. */
  readonly there?: Record<string, object>
  /** Answers by `METHOD path`, without the query. */
  readonly says?: Record<string, Answer>
}

const daemonSetOf = (app: string, image: string, more = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default', uid: 'u' },
  spec: {
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [{ name: 'a', image }], ...more } },
  },
})

/** The namespace `default` with its account. */
const homes: Record<string, object> = {
  '/api/v1/namespaces/default': { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'default' } },
  '/api/v1/namespaces/default/serviceaccounts/default': {
    kind: 'ServiceAccount',
    apiVersion: 'v1',
    metadata: { name: 'default', namespace: 'default' },
  },
}

const isDryRun = ({ url = '' }: IncomingMessage) => url.includes('dryRun=All')

/** What a dry run of a creation answers. */
const made = ({ metadata, ...sent }: { readonly metadata: Record<string, string> }, headers = {}): Answer =>
  json(
    { ...sent, metadata: { ...metadata, name: metadata.name ?? `${metadata.generateName}x` } },
    201,
    headers,
  )

async function world({ there = {}, says = {} }: World) {
  const script: Script = (request, response, body) => {
    const { pathname } = new URL(request.url ?? '', 'http://s')
    const answer = () => {
      const said = says[`${request.method} ${pathname}`]
      if (said) return said
      if (request.method !== 'GET') return made(JSON.parse(body))
      const plural = pathname.split('/').at(-1) ?? ''
      const found = there[pathname] ?? homes[pathname]
      const list = listsOf[plural]
      const items = plural === 'nodes' ? ['n1', 'n2', 'n3'].map(node) : []
      if (pathname === '/version') return json({ major: '1', minor: '36', gitVersion: 'v1.36.2' })
      if (found) return json(found)
      if (list) return json({ kind: `${list[0]}List`, apiVersion: list[1], metadata: {}, items })
      return status(404, 'NotFound', `"${plural}" not found`)
    }
    if (request.method !== 'GET' && !isDryRun(request))
      throw new Error(`${request.method} ${request.url} is no dry run`)
    return answer()(request, response, body)
  }
  const server = await testServer([script])
  const folder = workspace({ config: JSON.stringify(kubeconfigOf({ server: server.url })) })
  const run = (...argv: string[]) => liveKds(argv, { kubeconfig: join(folder, 'config') })
  const plan = (file: string, namespace: string, ...more: string[]) =>
    run('plan', '-f', `test/fixtures/apiserver/preflight/${file}.yaml`, '-n', namespace, ...more)
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  return { server, run, plan, write }
}

const podsOf = (namespace: string) => `POST /api/v1/namespaces/${namespace}/pods`
const daemonSetsOf = (namespace: string) => `POST /apis/apps/v1/namespaces/${namespace}/daemonsets`
/** What a server says in a namespace that it does not have. */
const withoutNamespace = (namespace: string) => {
  const absent = status(404, 'NotFound', `namespaces "${namespace}" not found`)
  return { [podsOf(namespace)]: absent, [daemonSetsOf(namespace)]: absent }
}
const forbidden = (why: string) =>
  status(403, 'Forbidden', `pods "agent-x" is forbidden: ${why}`, { name: 'agent-x', kind: 'pods' })
const firstLine = (out: string) => out.slice(0, out.indexOf('\n'))

describe('a live plan: would the pods be admitted?', () => {
  it.each([
    [
      'ds-host',
      'base',
      'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
      'PodSecurity "baseline:latest": host namespaces',
    ],
    [
      'ds',
      'poor',
      'failed quota: q: must specify requests.cpu for: a',
      'quota "q" must specify requests.cpu for: a',
    ],
    ['ds-prio', 'default', 'no PriorityClass with name none was found', 'no PriorityClass "none"'],
    [
      'ds-sa',
      'default',
      'error looking up service account default/none: serviceaccount "none" not found',
      'no ServiceAccount "none"',
    ],
    ['ds-rc', 'default', 'pod rejected: RuntimeClass "none" not found', 'no RuntimeClass "none"'],
  ])('%s in %s: %s', async (file, namespace, why, told) => {
    const { plan, server } = await world({ says: { [podsOf(namespace)]: forbidden(why) } })
    const { out, exit } = await plan(file, namespace)
    expect([firstLine(out), exit]).toEqual([`0 of 3 pods would be admitted: ${told}`, 0])
    expect(server.seen.filter(({ url }) => url.includes('/pods?') && url.includes('dryRun')).length).toBe(1)
  })

  it('an invalid pod', async () => {
    const message =
      'Pod "agent-62pvb" is invalid: spec.containers[0].resources.requests: Invalid value: "3": must be less than or equal to cpu limit of 500m'
    const { plan } = await world({ says: { [podsOf('ranged')]: status(422, 'Invalid', message) } })
    const { out } = await plan('ds-cpu', 'ranged', '-o', 'json')
    expect(JSON.parse(out).items[0].admission).toMatchObject({ source: 'server', allowed: false, message })
  })

  it('asks about the pod that the controller would make', async () => {
    const { plan, server } = await world({})
    const { out } = await plan('ds', 'default')
    expect(firstLine(out)).toBe('3 to create: default/agent')
    const asked = server.seen.find(({ method, url }) => method === 'POST' && url.includes('/pods'))
    const pod = JSON.parse(asked?.body ?? '{}')
    expect(pod.metadata).toMatchObject({
      generateName: 'agent-',
      labels: { app: 'agent', 'controller-revision-hash': expect.any(String) },
      ownerReferences: [{ kind: 'DaemonSet', name: 'agent', controller: true }],
    })
    expect(pod.spec.tolerations.length).toBe(6)
    expect(pod.spec.affinity.nodeAffinity).toBeDefined()
  })

  it.each([
    ['let in', {}, []],
    [
      'refused: what the rules need, too',
      { [podsOf('default')]: forbidden('no') },
      ['limitranges', 'serviceaccounts/default'],
    ],
  ])('asks for nothing twice, nor for what nobody needs: a pod that is %s', async (_, says, more) => {
    const { plan, server } = await world({ says })
    await plan('ds', 'default')
    const read = server.seen.filter(({ method }) => method === 'GET').map(({ url }) => url.split('?')[0])
    const home = '/api/v1/namespaces/default'
    expect(read.sort()).toEqual(
      [
        home,
        ...more.map((path) => `${home}/${path}`),
        `${home}/resourcequotas`,
        '/api/v1/nodes',
        '/api/v1/pods',
        '/apis/apps/v1/namespaces/default/daemonsets/agent',
        '/apis/scheduling.k8s.io/v1/priorityclasses',
        '/version',
      ].sort(),
    )
  })

  it('what the server makes of the pod has to fit', async () => {
    const spec = {
      containers: [{ name: 'a', image: 'i', resources: { requests: { cpu: '8' } } }],
      priority: 7,
    }
    const pod = json(
      { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'agent-x', namespace: 'default' }, spec },
      201,
    )
    const { plan } = await world({ says: { [podsOf('default')]: pod } })
    expect((await plan('ds', 'default')).out).toContain('needs 8, only 4 of 4 free')
  })

  it('quota is counted over all pods', async () => {
    const quota = {
      metadata: { name: 'q', namespace: 'poor' },
      spec: { hard: { pods: '2' } },
      status: { hard: { pods: '2' }, used: { pods: '0' } },
    }
    const quotas = { kind: 'ResourceQuotaList', apiVersion: 'v1', metadata: {}, items: [quota] }
    const there = { '/api/v1/namespaces/poor/resourcequotas': quotas }
    const { plan } = await world({ there })
    expect(firstLine((await plan('ds', 'poor')).out)).toBe(
      '2 of 3 pods would be admitted: quota "q" is used up (pods)',
    )
  })

  it('a webhook`s refusal is told in its words', async () => {
    const message = 'admission webhook "policy.example.com" denied the request: no tag latest'
    const { plan } = await world({ says: { [podsOf('default')]: status(400, 'BadRequest', message) } })
    const { out } = await plan('ds', 'default')
    expect(out).toMatch(
      /^0 of 3 pods would be admitted: webhook "policy.example.com" denies them\n {2}admission webhook/,
    )
  })

  it.each([
    [
      'no right to create pods',
      status(
        403,
        'Forbidden',
        'pods is forbidden: User "dev" cannot create resource "pods" in API group "" in the namespace "default"',
      ),
      'Whether its pods are admitted is judged by rules, not by the cluster (you may not create pods there, not even in a dry run).',
    ],
    [
      'a webhook that takes no dry runs',
      status(400, 'BadRequest', 'admission webhook "w.example.com" does not support dry run'),
      'Whether its pods are admitted is judged by rules, not by the cluster (a webhook takes no dry runs), not by webhook "w.example.com".',
    ],
    [
      'a server without dry runs',
      status(400, 'BadRequest', 'the dryRun alpha feature is disabled'),
      'Whether its pods are admitted is judged by rules, not by the cluster (its server takes no dry runs).',
    ],
  ])('%s: the rules speak', async (_, said, note) => {
    const { plan } = await world({ says: { [podsOf('default')]: said } })
    const { out, exit } = await plan('ds-prio', 'default')
    expect([firstLine(out), exit]).toEqual(['0 of 3 pods would be admitted: no PriorityClass "none"', 0])
    expect(out.replaceAll('\n', ' ')).toContain(note)
  })

  it('--no-preflight: nothing is sent', async () => {
    const { plan, server } = await world({})
    const { out } = await plan('ds-prio', 'default', '--no-preflight')
    expect(firstLine(out)).toBe('0 of 3 pods would be admitted: no PriorityClass "none"')
    expect(out.replaceAll('\n', ' ')).toContain('not by the cluster (--no-preflight).')
    expect(server.seen.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('what the manifest brings along is not missing', async () => {
    const { run, write } = await world({ says: withoutNamespace('new') })
    const file = write(
      'all.yaml',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: new}\n---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent, namespace: new}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n    spec: {containers: [{name: a, image: i}]}\n',
    )
    const { out, exit } = await run('plan', '-f', file)
    expect([firstLine(out), exit]).toEqual(['3 to create: new/agent', 0])
    expect(out.replaceAll('\n', ' ')).toContain('it lacks objects that the manifest creates')
  })
})

describe('a live plan: would the DaemonSet be taken?', () => {
  it('no such namespace', async () => {
    const { plan } = await world({ says: withoutNamespace('nons') })
    const { err, exit, out } = await plan('ds', 'nons')
    expect({ err, exit, out }).toEqual({
      err: 'Error from server (NotFound): namespaces "nons" not found\n',
      exit: 1,
      out: '',
    })
    const forced = await plan('ds', 'nons', '--force')
    expect([firstLine(forced.out), forced.exit]).toEqual([
      '0 of 3 pods would be admitted: no namespace "nons"',
      0,
    ])
    expect(forced.err).toContain('namespaces "nons" not found')
  })

  const stored = daemonSetOf('agent', 'nginx:1.25')
  const path = '/apis/apps/v1/namespaces/default/daemonsets/agent'

  it('a changed selector', async () => {
    const body = 'Invalid value: {"matchLabels":{"app":"other"}}: field is immutable'
    const said = status(422, 'Invalid', `DaemonSet.apps "agent" is invalid: spec.selector: ${body}`, {
      name: 'agent',
      group: 'apps',
      kind: 'DaemonSet',
      causes: [{ reason: 'FieldValueInvalid', message: body, field: 'spec.selector' }],
    })
    const { plan } = await world({ there: { [path]: stored }, says: { [`PATCH ${path}`]: said } })
    const { err, exit } = await plan('ds-sel', 'default')
    expect([err, exit]).toEqual([`The DaemonSet "agent" is invalid: spec.selector: ${body}\n`, 1])
  })

  it('no right to write it: a line says so', async () => {
    const message =
      'daemonsets.apps is forbidden: User "dev" cannot create resource "daemonsets" in API group "apps" in the namespace "default"'
    const { plan } = await world({ says: { [daemonSetsOf('default')]: status(403, 'Forbidden', message) } })
    const { err, exit, out } = await plan('ds', 'default')
    expect([firstLine(out), exit]).toEqual(['3 to create: default/agent', 0])
    expect(err).toBe(
      'Warning: the server was not asked whether it would take the DaemonSet: you may not write it\n',
    )
  })

  it('its warnings are told once', async () => {
    const warning =
      '299 - "would violate PodSecurity \\"baseline:latest\\": host namespaces (hostNetwork=true)"'
    const warned: Answer = (request, response, body) =>
      made(JSON.parse(body), { Warning: warning })(request, response, body)
    const { plan } = await world({ says: { [podsOf('warned')]: warned, [daemonSetsOf('warned')]: warned } })
    const { err } = await plan('ds-host', 'warned')
    expect(err).toBe(
      'Warning: would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)\n',
    )
  })
})

describe('a live plan of a DaemonSet that is there', () => {
  it('asks by the patch of kubectl apply: what others own stays', async () => {
    const applied = { annotations: { [lastAppliedAnnotation]: '{"spec":{"minReadySeconds":5}}\n' } }
    const live = daemonSetOf('a', 'one', { nodeSelector: { by: 'hand' } })
    const there = {
      '/apis/apps/v1/namespaces/default/daemonsets/agent': {
        ...live,
        metadata: { ...live.metadata, ...applied },
        spec: { ...live.spec, minReadySeconds: 5 },
      },
    }
    const { run, server, write } = await world({ there })
    await run('plan', '-f', write('ds.json', JSON.stringify(daemonSetOf('a', 'two'))))
    const patch = server.seen.find(({ method }) => method === 'PATCH')
    expect(patch?.headers['content-type']).toBe('application/strategic-merge-patch+json')
    const body = JSON.parse(patch?.body ?? '{}')
    expect(body.spec).toEqual({
      minReadySeconds: null,
      template: {
        spec: { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'a', image: 'two' }] },
      },
    })
    expect(Object.keys(body.metadata.annotations)).toEqual([lastAppliedAnnotation])
  })
})

describe('a live plan: what the pods need to start', () => {
  const manifest = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:
      containers:
      - name: a
        image: i
        env: [{name: E, valueFrom: {secretKeyRef: {name: token, key: k}}}]
        envFrom: [{configMapRef: {name: maybe, optional: true}}]
      volumes:
      - {name: v, configMap: {name: settings}}
      - {name: x, projected: {sources: [{secret: {name: there}}]}}
`
  it('is named where it is absent, and no secret is read', async () => {
    const there = {
      '/api/v1/namespaces/default/secrets/there': {
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { name: 'there', namespace: 'default' },
      },
    }
    const { run, server, write } = await world({ there })
    const { err, exit } = await run('plan', '-f', write('ds.yaml', manifest))
    expect(exit).toBe(0)
    expect(err.split('\n').filter((line) => line.startsWith('Warning:'))).toEqual([
      'Warning: there is no ConfigMap settings in the namespace default: its pods stay in ContainerCreating',
      'Warning: there is no Secret token in the namespace default: its pods fail with CreateContainerConfigError',
    ])
    expect(err).not.toContain('maybe')
    for (const { url, headers } of server.seen)
      if (url.includes('/secrets/'))
        expect(headers.accept).toMatch(/^application\/json;as=PartialObjectMetadata;/)
  })
})
