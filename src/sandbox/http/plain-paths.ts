import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  serverVersion,
} from '../api/discovery.ts'
import { openApiDocument, openApiIndex, openApiV2 } from '../api/openapi.ts'
import { negotiate } from './media-type.ts'

/** An answer that depends on the path alone. */
type PlainAnswer =
  | { readonly json: object; readonly contentType?: string }
  | { readonly text: string }
  | { readonly bytes: Buffer; readonly contentType: string }

const health = new Set(['readyz', 'livez', 'healthz'])

/** Paths that need no credentials. */
export const isPublic = (segments: readonly string[]): boolean =>
  health.has(segments[0] ?? '') || (segments[0] === 'version' && segments.length <= 2)

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

function discovery(
  segments: readonly string[],
  accept: string | undefined,
  address: string,
): object | undefined {
  const [root, ...rest] = segments
  if (rest.length === 0) {
    const shape = negotiate(accept, ['plain', 'APIGroupDiscoveryList'])
    if (shape === 'APIGroupDiscoveryList') return aggregatedDiscovery(root as 'api' | 'apis')
    return root === 'api' ? apiVersions(address) : apiGroupList()
  }
  if (root === 'api') return rest.length === 1 ? apiResourceList('', rest[0] ?? '') : undefined
  if (rest.length === 1) return apiGroup(rest[0] ?? '')
  return rest.length === 2 && rest[0] ? apiResourceList(rest[0], rest[1] ?? '') : undefined
}

/**
 * OpenAPI v2 without any definition, as kubectl wants it: in protobuf. It asks when it is to check a kind that the third
 * version's documents do not have, passes over kinds that this one does not have either, and says that nothing matches.
 */
const noDefinitions = {
  bytes: Buffer.from('\n\x032.0\x12\x15\n\nKubernetes\x12\x07v1.36.2'),
  contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
}

/** The paths that `/` lists. */
const rootPaths = [
  '/api',
  '/api/v1',
  '/apis',
  '/healthz',
  '/livez',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
]

/** What the server says of itself at a path; undefined: nothing is said there. */
export function plainAnswer(
  path: readonly string[],
  accept: string | undefined,
  address: string,
): PlainAnswer | undefined {
  const segments = path.at(-1) === '' ? path.slice(0, -1) : path
  const [root, second] = segments
  if (root === undefined) return { json: { paths: rootPaths } }
  if (health.has(root)) return { text: 'ok' }
  if (root === 'version' && segments.length === 1) return { json: serverVersion }
  if (root === 'openapi') {
    if (second === 'v2' && segments.length === 2) {
      if (accept?.includes('proto-openapi.spec.v2')) return noDefinitions
      negotiate(accept, ['plain'])
      return { json: openApiV2() }
    }
    if (second !== 'v3') return undefined
    const document = segments.length === 2 ? openApiIndex() : openApiDocument(segments.slice(2).join('/'))
    return document && { json: document }
  }
  if (root !== 'api' && root !== 'apis') return undefined
  const document = discovery(segments, accept, address)
  if (!document) return undefined
  const aggregated = 'items' in document
  return aggregated ? { json: document, contentType: aggregatedType } : { json: document }
}
