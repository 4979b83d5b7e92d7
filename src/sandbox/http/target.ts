import type { ResourceType, Subresource, Verb } from '../api/resource-type.ts'
import { resourceTypeOf } from '../api/resources.ts'
import { badRequest, noSuchPath, notServed } from '../api/status-errors.ts'

/** What a request is about, read from its method, path and query. */
export interface Target {
  readonly type: ResourceType
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: Subresource | undefined
}

/** A path's place in the API, before it is known whether there is such a resource. */
export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

/** The parts of a path, decoded. Throws 400 for a broken escape. */
export function segmentsOf(pathname: string): string[] {
  try {
    return pathname.split('/').slice(1).map(decodeURIComponent)
  } catch {
    throw badRequest('the request path is not well formed')
  }
}

/** The resource that a path names; undefined: it is no resource's path. */
export function resourcePathOf(segments: readonly string[]): ResourcePath | undefined {
  const [root] = segments
  const named = root === 'apis'
  if ((root !== 'api' && !named) || segments.length < (named ? 4 : 3)) return undefined
  const group = named ? (segments[1] ?? '') : ''
  const version = segments[named ? 2 : 1] ?? ''
  const rest = segments.slice(named ? 3 : 2)
  const inNamespace =
    rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize'
  const namespace = inNamespace ? rest[1] : undefined
  const [plural = '', name, subresource, ...more] = inNamespace ? rest.slice(2) : rest
  if (plural === '' || name === '' || subresource === '' || namespace === '' || more.length > 0)
    return undefined
  return { group, version, plural, namespace, name, subresource }
}

const noContainers = 'the sandbox simulates its containers and runs none:'

/** What a real cluster has below these paths and a sandbox does not: who asks is told in one sentence. */
const absentSubresources: Readonly<Record<string, string>> = {
  'pods/attach': `${noContainers} kubectl attach does not work here`,
  'pods/ephemeralcontainers': `${noContainers} kubectl debug of a pod does not work here`,
  'pods/exec': `${noContainers} kubectl exec and kubectl cp do not work here`,
  'pods/log': 'the sandbox has no container output: kubectl logs does not work here',
  'pods/portforward': `${noContainers} kubectl port-forward does not work here`,
  'pods/proxy': `${noContainers} nothing answers behind a pod's proxy here`,
  'pods/resize': `${noContainers} a pod cannot be resized in place here`,
  'nodes/proxy': 'the sandbox simulates its kubelets: nothing answers behind the proxy of a node here',
  'services/proxy': `${noContainers} nothing answers behind the proxy of a Service here`,
  'serviceaccounts/token': 'the sandbox issues no tokens: its kubeconfig holds the only one there is',
}

/** Kinds of a real cluster that people reach for by habit. */
const absentKinds = new Set([
  ...['deployments', 'replicasets', 'statefulsets', 'replicationcontrollers', 'horizontalpodautoscalers'],
  ...['ingresses', 'networkpolicies', 'endpointslices', 'persistentvolumes', 'persistentvolumeclaims'],
  ...[
    'storageclasses',
    'customresourcedefinitions',
    'certificatesigningrequests',
    'podtemplates',
    'endpoints',
  ],
  ...['validatingadmissionpolicies', 'validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
])

function noSuchResource({ plural }: ResourcePath): Error {
  if (!absentKinds.has(plural)) return noSuchPath()
  return notServed(
    `the sandbox serves no ${plural}: it is there for DaemonSets and what runs beside them ("kubectl api-resources" lists all kinds)`,
  )
}

/** The row behind a path. Throws 404 where there is none, and 400 where a sandbox has none of what a cluster has. */
export function targetOf(path: ResourcePath): Target {
  const type = resourceTypeOf(path.group, path.version, path.plural)
  if (!type) throw noSuchResource(path)
  if (path.namespace !== undefined && !type.namespaced) throw noSuchPath()
  if (path.name !== undefined && type.namespaced && path.namespace === undefined) throw noSuchPath()
  const absent = absentSubresources[`${path.plural}/${path.subresource}`]
  if (absent !== undefined) throw badRequest(absent)
  const subresource = type.subresources.find((sub) => sub.name === path.subresource)
  if (path.subresource !== undefined && !subresource) throw noSuchPath()
  return { type, namespace: path.namespace, name: path.name, subresource }
}

/** The API's verb for a method; undefined: there is no such method here. */
export function verbOf(method: string, query: URLSearchParams, named: boolean): Verb | undefined {
  const watching = ['1', 'true', 'True'].includes(query.get('watch') ?? '')
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (watching) return 'watch'
      return named ? 'get' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return named ? 'delete' : 'deletecollection'
    default:
      return undefined
  }
}
