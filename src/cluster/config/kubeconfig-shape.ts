import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'

/** A field's type: a scalar, bytes in base64, anything, a list, a map, or a struct with the name that Go's errors call it by. */
type Shape =
  | 'string'
  | 'bool'
  | 'bytes'
  | 'any'
  | { readonly list: Shape; readonly go?: string }
  | { readonly map: Shape; readonly go: string }
  | { readonly struct: string; readonly fields: Readonly<Record<string, Shape>> }

const strings: Shape = { list: 'string' }
const texts = (names: string, type: Shape = 'string') =>
  Object.fromEntries(names.split(' ').map((name) => [name, type]))

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
export function checkShape(value: JsonObject): void {
  check(value, kubeconfig, [], 'Config')
}

/** Refuses an object of another kind or version than the one asked for; an absent one is taken to be right. */
export function checkVersion({ apiVersion, kind }: JsonObject, wantedKind: string, version: string): void {
  if ((kind || wantedKind) !== wantedKind || (apiVersion || version) !== version)
    throw new Error(
      `no kind ${goQuote(String(kind || wantedKind))} is registered for version ${goQuote(String(apiVersion || version))}`,
    )
}

function check(value: Json | undefined, shape: Shape, path: readonly string[], struct: string): void {
  if (value === null || value === undefined || shape === 'any') return
  if (!fits(value, shape))
    throw new Error(
      `json: cannot unmarshal ${goKind(value)} into Go struct field ${struct}.${path.join('.')} of type ${goType(shape)}`,
    )
  if (shape === 'bytes') checkBase64(value as string)
  if (typeof shape === 'string') return
  if ('list' in shape) for (const item of value as Json[]) check(item, shape.list, path, struct)
  else if ('map' in shape)
    for (const item of Object.values(value as JsonObject)) check(item, shape.map, path, struct)
  else
    for (const [name, field] of Object.entries(shape.fields))
      if (Object.hasOwn(value as JsonObject, name))
        check((value as JsonObject)[name], field, [...path, name], shape.struct)
}

function fits(value: Json, shape: Shape): boolean {
  if (shape === 'string' || shape === 'bytes') return typeof value === 'string'
  if (shape === 'bool') return typeof value === 'boolean'
  return typeof shape === 'object' && 'list' in shape ? Array.isArray(value) : isObject(value)
}

export const goKind = (value: Json) =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value

function goType(shape: Shape): string {
  if (typeof shape === 'string') return shape === 'bytes' ? '[]uint8' : shape
  if ('list' in shape) return `[]${shape.go ?? 'string'}`
  return 'map' in shape ? `map[string]${shape.go}` : `v1.${shape.struct}`
}

function checkBase64(text: string): void {
  const clean = text.replace(/[\r\n]/g, '')
  const [valid = ''] = /^[A-Za-z0-9+/]*={0,2}/.exec(clean) ?? []
  if (valid.length < clean.length || clean.length % 4 !== 0)
    throw new Error(
      `illegal base64 data at input byte ${valid.length < clean.length ? valid.length : clean.length & ~3}`,
    )
}
