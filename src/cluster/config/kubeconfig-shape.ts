import type { JsonObject } from '#base/json.ts'
import { checkShape, fieldsOf, type Shape, strings, type TypeOf } from '#kube/go-shape.ts'
import { goQuote } from '#kube/go-text.ts'

/*
 * The fields of a kubeconfig that kds reads, as k8s.io/client-go/tools/clientcmd/api/v1 has them. client-node's own types drop
 * some of them, and its loader takes what is of another type.
 */

const exec = {
  struct: 'ExecConfig',
  fields: {
    ...fieldsOf('command apiVersion installHint interactiveMode'),
    args: strings,
    env: { list: { struct: 'ExecEnvVar', fields: fieldsOf('name value') }, go: 'v1.ExecEnvVar' },
    provideClusterInfo: 'bool',
  },
} as const
const extension = { struct: 'NamedExtension', fields: { name: 'string', extension: 'any' } } as const
const cluster = {
  struct: 'Cluster',
  fields: {
    ...fieldsOf('server tls-server-name certificate-authority proxy-url'),
    ...fieldsOf('insecure-skip-tls-verify disable-compression', 'bool'),
    'certificate-authority-data': 'bytes',
    extensions: { list: extension, go: 'v1.NamedExtension' },
  },
} as const
const user = {
  struct: 'AuthInfo',
  fields: {
    ...fieldsOf('token tokenFile username password client-certificate client-key as as-uid'),
    ...fieldsOf('client-certificate-data client-key-data', 'bytes'),
    'as-groups': strings,
    'as-user-extra': { map: strings, go: '[]string' },
    exec,
    'auth-provider': {
      struct: 'AuthProviderConfig',
      fields: { name: 'string', config: { map: 'string', go: 'string' } },
    },
  },
} as const
const context = { struct: 'Context', fields: fieldsOf('cluster user namespace') } as const

export type ExecConfig = TypeOf<typeof exec>
export type KubeCluster = TypeOf<typeof cluster>
export type KubeUser = TypeOf<typeof user>
export type KubeContext = TypeOf<typeof context>

const named = (key: string, shape: Shape & { struct: string }): Shape => ({
  list: { struct: `Named${shape.struct}`, fields: { name: 'string', [key]: shape } },
  go: `v1.Named${shape.struct}`,
})
const kubeconfig: Shape = {
  struct: 'Config',
  fields: {
    'current-context': 'string',
    clusters: named('cluster', cluster),
    users: named('user', user),
    contexts: named('context', context),
  },
}

/** Refuses a kubeconfig that kubectl could not decode. A null is an absent field. @throws Error in Go's words */
export function checkKubeconfig(value: JsonObject): void {
  checkShape(value, kubeconfig)
}

const typeMeta: Shape = { struct: '', fields: fieldsOf('apiVersion kind') }

/** What an object says that it is; empty where it says nothing. @throws Error in Go's words for what is no text */
export function typeMetaOf(value: JsonObject): { readonly apiVersion: string; readonly kind: string } {
  try {
    checkShape(value, typeMeta)
  } catch (error) {
    throw new Error(`couldn't get version/kind; json parse error: ${(error as Error).message}`)
  }
  const { apiVersion, kind } = value as Record<string, string | null | undefined>
  return { apiVersion: apiVersion ?? '', kind: kind ?? '' }
}

/** Refuses an object of another kind or version than the one asked for; an absent one is taken to be right. */
export function checkVersion(value: JsonObject, wantedKind: string, version: string): void {
  const { apiVersion, kind } = typeMetaOf(value)
  if ((kind || wantedKind) !== wantedKind || (apiVersion || version) !== version)
    throw new Error(
      `no kind ${goQuote(kind || wantedKind)} is registered for version ${goQuote(apiVersion || version)}`,
    )
}
