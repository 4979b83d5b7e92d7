import { readFileSync } from 'node:fs'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'

/** What the server says to one request; the honest answer is given. */
export type Lie = (
  request: IncomingMessage,
  response: ServerResponse,
  honest: { readonly object: unknown; readonly watch: boolean },
) => void

/** An API server with one DaemonSet, its revisions, pods and nodes. It tells the truth but where a lie is set. */
export interface LyingServer {
  readonly url: string
  /** Method and path of each request. */
  readonly asked: string[]
  /** The objects that it has, by kind. */
  objects: Record<string, Record<string, unknown>[]>
  /** What it says instead of the truth to requests whose line (`GET /apis/…`) fits. */
  lies: { readonly to: RegExp; readonly lie: Lie }[]
  close(): Promise<void>
}

/** Keys and certificates. */
export const fixture = (name: string) => resolve('test/fixtures/cluster', name)

const kinds: Record<string, readonly [kind: string, apiVersion: string]> = {
  daemonsets: ['DaemonSet', 'apps/v1'],
  controllerrevisions: ['ControllerRevision', 'apps/v1'],
  pods: ['Pod', 'v1'],
  nodes: ['Node', 'v1'],
  namespaces: ['Namespace', 'v1'],
  priorityclasses: ['PriorityClass', 'scheduling.k8s.io/v1'],
  limitranges: ['LimitRange', 'v1'],
  resourcequotas: ['ResourceQuota', 'v1'],
  serviceaccounts: ['ServiceAccount', 'v1'],
  events: ['Event', 'v1'],
  poddisruptionbudgets: ['PodDisruptionBudget', 'policy/v1'],
  runtimeclasses: ['RuntimeClass', 'node.k8s.io/v1'],
}

const template = (image: string) => ({
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image }] },
})
const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'a', uid: 'u', controller: true }

/** A roll-out of a second image, half done on two nodes. */
export function honestObjects(): Record<string, Record<string, unknown>[]> {
  const revision = (number: number, image: string, hash: string) => ({
    metadata: {
      name: `a-${hash}`,
      namespace: 'default',
      uid: `r${number}`,
      resourceVersion: String(number),
      labels: { app: 'a', 'controller-revision-hash': hash },
      ownerReferences: [owner],
      creationTimestamp: '2026-11-20T10:00:00Z',
    },
    revision: number,
    data: { spec: { template: { ...template(image), $patch: 'replace' } } },
  })
  const pod = (node: string, hash: string) => ({
    metadata: {
      name: `a-${node}`,
      namespace: 'default',
      uid: `p-${node}`,
      resourceVersion: '7',
      labels: { app: 'a', 'controller-revision-hash': hash },
      ownerReferences: [owner],
    },
    spec: { nodeName: node, containers: [{ name: 'c', image: 'two' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-11-20T10:00:00Z' }],
      containerStatuses: [
        {
          name: 'c',
          ready: false,
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'm' } },
        },
      ],
    },
  })
  const node = (name: string) => ({
    metadata: { name, uid: `n-${name}`, resourceVersion: '5', labels: { 'kubernetes.io/os': 'linux' } },
    spec: { taints: [{ key: 'k', value: 'v', effect: 'PreferNoSchedule' }] },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
    },
  })
  return {
    daemonsets: [
      {
        metadata: {
          name: 'a',
          namespace: 'default',
          uid: 'u',
          resourceVersion: '10',
          generation: 2,
          labels: { app: 'a' },
          annotations: { 'deprecated.daemonset.template.generation': '2' },
        },
        spec: {
          selector: { matchLabels: { app: 'a' } },
          template: template('two'),
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
          revisionHistoryLimit: 10,
        },
        status: {
          currentNumberScheduled: 2,
          desiredNumberScheduled: 2,
          numberMisscheduled: 0,
          numberReady: 0,
          numberAvailable: 0,
          updatedNumberScheduled: 1,
          observedGeneration: 2,
        },
      },
    ],
    controllerrevisions: [revision(1, 'one', 'h1'), revision(2, 'two', 'h2')],
    pods: [pod('n1', 'h2'), pod('n2', 'h1')],
    nodes: [node('n1'), node('n2')],
    namespaces: [{ metadata: { name: 'default', uid: 'ns', resourceVersion: '1' } }],
    priorityclasses: [{ metadata: { name: 'p', uid: 'pc', resourceVersion: '1' }, value: 3 }],
  }
}

/** A manifest that gives the DaemonSet its third image. */
export const manifest = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'a', labels: { app: 'a' } },
  spec: { selector: { matchLabels: { app: 'a' } }, template: template('three') },
})

/** @param secure over TLS, with the certificate of the fixtures */
export async function lyingServer(secure = false): Promise<LyingServer> {
  const asked: string[] = []
  const server: LyingServer = {
    url: '',
    asked,
    objects: honestObjects(),
    lies: [],
    close: () =>
      new Promise((closed) => {
        listening.close(() => closed())
        listening.closeAllConnections()
      }),
  }
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    request.resume()
    request.on('end', () => {
      const line = `${request.method} ${request.url}`
      asked.push(line)
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://s')
      const watch = searchParams.get('watch') === 'true'
      const object =
        pathname === '/version'
          ? { major: '1', minor: '36', gitVersion: 'v1.36.0' }
          : answerTo(pathname, request.method)
      const { lie } = server.lies.find(({ to }) => to.test(line)) ?? {}
      if (lie) return lie(request, response, { object, watch })
      if (watch) return void response.writeHead(200).flushHeaders()
      send(response, object)
    })
  }
  const pair = () => ({ key: readFileSync(fixture('server.key')), cert: readFileSync(fixture('server.crt')) })
  const listening = secure ? https.createServer(pair(), listener) : http.createServer(listener)
  const answerTo = (path: string, method: string | undefined): unknown => {
    const [, plural = '', name] =
      /^\/apis?\/(?:[^/]+\/)?v1\/(?:namespaces\/[^/]+\/)?([a-z]+)(?:\/([^/]+))?$/.exec(path) ?? []
    const [kind = '', apiVersion = ''] = kinds[plural] ?? []
    const all = server.objects[plural] ?? []
    // What is made in a dry run is what is there already.
    if (name === undefined && method === 'POST') return { kind, apiVersion, ...all[0] }
    if (name === undefined)
      return { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: '100' }, items: all }
    const found = all.find((one) => (one.metadata as { name?: unknown } | null)?.name === name)
    return found ? { kind, apiVersion, ...found } : notFound(plural, name)
  }
  await new Promise<void>((listens) => listening.listen(0, '127.0.0.1', listens))
  const { port } = listening.address() as AddressInfo
  return Object.assign(server, { url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}` })
}

const notFound = (plural: string, name: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'NotFound',
  message: `${plural} "${name}" not found`,
  code: 404,
})

/** An answer in JSON; a Status has its own code. */
export function send(response: ServerResponse, object: unknown, code?: number): void {
  const { code: own } = (object ?? {}) as { code?: number }
  response.writeHead(code ?? own ?? 200, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(object))
}
