import type { JsonObject } from '#base/json.ts'
import { checkShape, type Shape, strings, fieldsOf as texts } from '#kube/go-shape.ts'
import { goQuote } from '#kube/go-text.ts'

const exec: Shape = {
  struct: 'ExecConfig',
  fields: {
    ...texts('command apiVersion installHint interactiveMode'),
    args: strings,
    env: { list: { struct: 'ExecEnvVar', fields: texts('name value') }, go: 'v1.ExecEnvVar' },
    provideClusterInfo: 'bool',
  },
}
const named = (key: string, fields: Readonly<Record<string, Shape>>, struct: string, go: string): Shape => ({
  list: { struct: go, fields: { name: 'string', [key]: { struct, fields } } },
  go: `v1.${go}`,
})
const extensions: Shape = {
  list: { struct: 'NamedExtension', fields: { name: 'string', extension: 'any' } },
  go: 'v1.NamedExtension',
}

/** The fields that kds reads, as k8s.io/client-go/tools/clientcmd/api/v1 has them. */
const kubeconfig: Shape = {
  struct: 'Config',
  fields: {
    'current-context': 'string',
    clusters: named(
      'cluster',
      {
        ...texts('server tls-server-name certificate-authority proxy-url'),
        ...texts('insecure-skip-tls-verify disable-compression', 'bool'),
        'certificate-authority-data': 'bytes',
        extensions,
      },
      'Cluster',
      'NamedCluster',
    ),
    users: named(
      'user',
      {
        ...texts('token tokenFile username password client-certificate client-key as as-uid'),
        ...texts('client-certificate-data client-key-data', 'bytes'),
        'as-groups': strings,
        'as-user-extra': { map: strings, go: '[]string' },
        exec,
        'auth-provider': {
          struct: 'AuthProviderConfig',
          fields: { name: 'string', config: { map: 'string', go: 'string' } },
        },
      },
      'AuthInfo',
      'NamedAuthInfo',
    ),
    contexts: named('context', texts('cluster user namespace'), 'Context', 'NamedContext'),
  },
}

/** Refuses a kubeconfig that kubectl could not decode. A null is an absent field. @throws Error in Go's words. */
export function checkKubeconfig(value: JsonObject): void {
  checkShape(value, kubeconfig)
}

const typeMeta: Shape = { struct: '', fields: texts('apiVersion kind') }

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
